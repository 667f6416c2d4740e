package v1

import (
	"fmt"
	"net/http"
	"time"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/collect"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/schedule"
	"github.com/quittance/quittance/internal/user"
	"github.com/quittance/quittance/web/urls"
)

// render is the caller's answer about something that a service made, or changed by
// PUT, or deleted.
func (h *handlers) render(by caller, method string, made any) (answer, error) {
	var path string
	var body any
	status := http.StatusCreated
	switch m := made.(type) {
	case customer.Customer:
		path, body = "/customers/"+string(m.ID), customerEnvelope{describeCustomer(m)}
	case catalog.Product:
		path, body = "/products/"+string(m.ID), productEnvelope{describeProduct(m)}
	case order.Created:
		path, body = "/orders/"+string(m.Order.ID), orderEnvelope{describeOrder(m.Order, h.link(by, m.Token), nil)}
	case begun:
		path, body = "/orders/"+string(m.Order.ID), orderEnvelope{describeOrder(m.Order, h.link(by, m.Token), m.checkout)}
	case checkoutAnswer:
		status, body = http.StatusOK, checkoutEnvelope{m}
	case turned:
		body = orderEnvelope{describeOrder(m.order, m.link, nil)}
	case payment.Attempt:
		status, body = http.StatusAccepted, attemptEnvelope{describeAttempt(m)}
	case schedule.Payment:
		path, body = "/scheduled_payments/"+string(m.ID), scheduledEnvelope{describeScheduled(m)}
	case mail.Mail:
		status, body = http.StatusAccepted, mailEnvelope{describeMail(m)}
	case endpoint.Endpoint:
		path, body = "/webhook_endpoints/"+string(m.ID), endpointEnvelope{h.describeEndpoint(m)}
	case endpoint.Delivery:
		status, body = http.StatusAccepted, deliveryEnvelope{describeDelivery(m)}
	case collect.TestClock:
		status, body = http.StatusOK, clockEnvelope{describeClock(m)}
		if m.Moving() {
			status = http.StatusAccepted
		}
	default:
		return answer{}, fmt.Errorf("no answer about a %T", made)
	}
	raw, err := encode(body)
	if err != nil {
		return answer{}, fmt.Errorf("encode answer: %w", err)
	}
	if method == http.MethodPut || method == http.MethodDelete {
		return answer{http.StatusOK, "", raw}, nil
	}
	if path != "" {
		path = h.BaseURL + urls.API + path
	}
	return answer{status, path, raw}, nil
}

// link is the payment link that a token opens; nil for who may not send one. Who
// has it can send it, and do with the order what its customer can.
func (h *handlers) link(by caller, token string) *string {
	if _, err := by.key.May(user.SendLinks); err != nil {
		return nil
	}
	link := urls.Site(h.BaseURL).PaymentLink(token)
	return &link
}

// timestamp is a moment as the API writes it.
func timestamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
