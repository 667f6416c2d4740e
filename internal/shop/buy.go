package shop

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/mail"
	"net/url"
	"strings"
	"time"
)

// article is what the shop sells.
var article = struct{ Name, What, Price, Currency, Tax string }{"Bicycle bell, brass", "Rings once, and is heard.", "17.50", "EUR", "19"}

// front is GET /.
func (s *Shop) front(w http.ResponseWriter, r *http.Request) {
	s.draw(w, r, http.StatusOK, "front", front{Article: article.Name, What: article.What, Price: article.Currency + " " + article.Price})
}

// buy is POST /buy: a customer, an order and its checkout, all over the API.
func (s *Shop) buy(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, mostOfAForm)
	v := front{Article: article.Name, What: article.What, Price: article.Currency + " " + article.Price,
		Name: strings.TrimSpace(r.PostFormValue("name")), Email: strings.TrimSpace(r.PostFormValue("email"))}
	if _, err := mail.ParseAddress(v.Email); err != nil || v.Name == "" {
		v.Wrong = "Please tell your name and your e-mail address."
		s.draw(w, r, http.StatusUnprocessableEntity, "front", v)
		return nil
	}
	id, err := s.place(r, v.Name, v.Email)
	if err != nil {
		return err
	}
	way := widget
	if r.PostFormValue("way") == frame {
		way = frame
	}
	http.Redirect(w, r, "/"+way+"/"+id, http.StatusSeeOther)
	return nil
}

const mostOfAForm = 16 << 10

// place makes the order and returns its id.
func (s *Shop) place(r *http.Request, name, email string) (string, error) {
	ctx, once := r.Context(), rand.Text()
	given, family, _ := strings.Cut(name, " ")
	var buyer struct{ Customer struct{ ID string } }
	if err := s.api.call(ctx, http.MethodPost, "/customers", once+"-customer", object{"customer": object{"email": email, "given_name": given, "family_name": family}}, &buyer); err != nil {
		return "", fmt.Errorf("make the customer: %w", err)
	}
	var sold struct{ Product struct{ ID string } }
	if err := s.api.call(ctx, http.MethodPost, "/products", once+"-product", object{"product": object{"type": "single_payment", "name": article.Name,
		"description": article.What, "price": article.Price, "currency": article.Currency, "tax_rate": article.Tax}}, &sold); err != nil {
		return "", fmt.Errorf("make the product: %w", err)
	}
	var made struct{ Order order }
	if err := s.api.call(ctx, http.MethodPost, "/orders/create_single_order", once, object{"order": object{
		"customer_id": buyer.Customer.ID, "currency": article.Currency, "create_checkout": true,
		"redirect_url": s.address("thanks"), "failed_redirect_url": s.address("sorry"),
		"order_products": []object{{"product_id": sold.Product.ID, "qty": 1}},
	}}, &made); err != nil {
		return "", fmt.Errorf("make the order: %w", err)
	}
	return made.Order.ID, nil
}

// renew is POST /renew/{order}, for the loader of the frame: where the order's
// checkout is to be seen now.
func (s *Shop) renew(w http.ResponseWriter, r *http.Request) error {
	made, err := s.api.renew(r.Context(), r.PathValue("order"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(object{"embed_url": made.EmbedURL})
}

// object is one of JSON.
type object map[string]any

// checkout is GET /checkout/{order} and GET /frame/{order}: the gateway's card fields,
// or the hosted checkout, in the shop's own page. Where the order's checkout is over,
// there is another.
func (s *Shop) checkout(w http.ResponseWriter, r *http.Request, way string) error {
	o, err := s.api.order(r.Context(), r.PathValue("order"))
	if err != nil {
		return err
	}
	if o.Checkout == nil && o.Status == "pending" {
		if o.Checkout, err = s.api.renew(r.Context(), o.ID); err != nil {
			return err
		}
	}
	if o.Checkout == nil {
		http.Redirect(w, r, o.PaymentLink, http.StatusSeeOther)
		return nil
	}
	left := max(0, o.Checkout.ExpiresAt.Sub(s.Now()).Truncate(time.Second))
	s.draw(w, r, http.StatusOK, way, pay{Number: o.InvoiceID, Article: article.Name, Total: o.Currency + " " + o.Total, Order: o.ID, Self: "/" + way + "/" + url.PathEscape(o.ID),
		Checkout: *o.Checkout, Brands: strings.Join(o.Checkout.Brands, " "), Left: int(left.Seconds())})
	return nil
}
