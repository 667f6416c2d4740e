package pdf

import (
	"fmt"
	"strings"
	"time"
)

// receiptEN is a receipt with n lines, in English.
func receiptEN(n int) Receipt {
	r := Receipt{
		Paper: Paper{
			Language: "en-GB",
			Title:    "Receipt",
			Number:   "RCPT-2026-00042",
			Date:     "12 March 2026",
			Subject:  "Receipt for order ORD-2026-00311",
			DatedAt:  time.Date(2026, time.March, 12, 9, 30, 0, 0, time.UTC),
			Seller: Seller{
				Party:  Party{Name: "Northwind Tools Ltd", Lines: []string{"12 Canal Street", "Manchester M1 3HE", "United Kingdom"}},
				Accent: "#0f766e",
				Legal: []string{
					"Northwind Tools Ltd", "Registered in England and Wales no. 01234567", "VAT GB 123 4567 89",
					"12 Canal Street, Manchester M1 3HE", "accounts@northwind.example", "+44 161 496 0000",
				},
			},
			BillTo: Party{Name: "Ada Whitcombe", Lines: []string{"4 Mill Lane", "Hebden Bridge HX7 8AA", "United Kingdom"}},
			Facts:  []Fact{{"Order", "ORD-2026-00311"}, {"Ordered on", "10 March 2026"}},
			Labels: Labels{Seller: "From", BillTo: "Billed to", Description: "Description", Qty: "Quantity", Unit: "Unit price", Discount: "Discount", Fee: "Fee", Tax: "VAT", Total: "Amount",
				Rate: "VAT included", Net: "Net", RateTax: "VAT", Gross: "Gross"},
			Totals: Totals{
				Subtotal: Fact{"Subtotal", "£1,284.50"},
				Discount: Fact{"Discount (spring sale, 10 %)", "−£128.45"},
				Fees:     Fact{"Card fee", "£2.50"},
				Total:    Fact{"Total", "£1,158.55"},
				Paid:     Fact{"Paid", "£1,158.55"},
				Due:      Fact{"Still to pay", "£0.00"},
				Taxes:    []Tax{{"20%", "£963.37", "£192.68", "£1,156.05"}, {"No tax", "£2.50", "£0.00", "£2.50"}},
			},
			Notes:  []string{"Thank you for your order. Please keep this receipt for your records."},
			PageOf: "Page {page} of {pages}",
		},
		Payment: Payment{
			Heading:   "Payment",
			Method:    Fact{"Method", "Visa ending in 4242"},
			PaidOn:    Fact{"Paid on", "12 March 2026"},
			Reference: Fact{"Reference", "PAY-7Q2M-4XK9"},
		},
	}
	names := []string{"Torque wrench, 1/2 inch", "Annual maintenance plan", "Hex key set", "Workshop lamp with a swivelling arm, clamp and replaceable bulb for long evenings"}
	for i := range n {
		l := Line{Text: names[i%len(names)], Qty: fmt.Sprint(i%7 + 1), Unit: "£42.00", Total: fmt.Sprintf("£%d.00", 42*(i%7+1))}
		if i%3 == 0 {
			l.Detail = fmt.Sprintf("SKU NW-%04d", 1000+i)
		}
		r.Lines = append(r.Lines, l)
	}
	return r
}

// invoiceEN is an invoice with n lines that fill every column, paid in two parts.
func invoiceEN(n int) Invoice {
	i := Invoice{Paper: receiptEN(n).Paper, Status: OrderStatus{"Paid on 14 March 2026", []Fact{{"Method", "Visa ending in 4242"}}}}
	i.Title, i.Number, i.Subject = "Invoice", "INV-2026-00311", "Invoice for order ORD-2026-00311"
	i.Totals.Payments = []Fact{{"Paid on 12 March 2026, Visa ending in 4242", "£158.55"}, {"Paid on 14 March 2026", "£1,000.00"}}
	for l := range i.Lines {
		i.Lines[l].Discount, i.Lines[l].Fee, i.Lines[l].Tax = "−£4.20", "£0.50", "20%"
	}
	return i
}

// dear is an invoice with amounts so wide that not all columns can stand.
func dear() Invoice {
	i := invoiceEN(3)
	for l := range i.Lines {
		i.Lines[l].Unit, i.Lines[l].Discount, i.Lines[l].Fee, i.Lines[l].Total = "KWD 123,456,789.000", "−KWD 100,000,000.000", "KWD 1,000,000.000", "KWD 987,654,321.000"
	}
	i.Totals.Total.Value, i.Totals.Paid.Value = "KWD 987,654,321.000", "KWD 987,654,321.000"
	i.Totals.Taxes = []Tax{{"20%", "KWD 823,045,267.500", "KWD 164,609,053.500", "KWD 987,654,321.000"}}
	return i
}

// summaryDE is an order summary with n lines, in German.
func summaryDE(n int) OrderSummary {
	s := OrderSummary{
		Paper: Paper{
			Language: "de-DE",
			Title:    "Bestellübersicht",
			Number:   "ORD-2026-00977",
			Date:     "3. Mai 2026",
			Subject:  "Ihre Bestellung ORD-2026-00977",
			DatedAt:  time.Date(2026, time.May, 3, 0, 0, 0, 0, time.UTC),
			Seller: Seller{
				Party:  Party{Name: "Bürobedarf Grünwald GmbH", Lines: []string{"Königsallee 7", "40212 Düsseldorf", "Deutschland"}},
				Accent: "#1d4ed8",
				Legal:  []string{"Bürobedarf Grünwald GmbH", "Amtsgericht Düsseldorf HRB 12345", "USt-IdNr. DE123456789", "Geschäftsführerin: Jördis Weiß"},
			},
			BillTo: Party{Name: "Łukasz Żółkiewski", Lines: []string{"Straße der Einheit 12", "01067 Dresden"}},
			Facts:  []Fact{{"Bestellt am", "2. Mai 2026"}},
			Labels: Labels{Seller: "Anbieter", BillTo: "Rechnungsadresse", Description: "Bezeichnung", Qty: "Menge", Unit: "Einzelpreis", Tax: "USt.", Total: "Betrag",
				Rate: "Enthaltene USt.", Net: "Netto", RateTax: "USt.", Gross: "Brutto"},
			Totals: Totals{
				Subtotal: Fact{"Zwischensumme", "1.240,00 €"},
				Total:    Fact{"Gesamtbetrag", "1.240,00 €"},
				Due:      Fact{"Noch zu zahlen", "1.240,00 €"},
				Taxes:    []Tax{{"19 %", "1.042,02 €", "197,98 €", "1.240,00 €"}},
			},
			PageOf: "Seite {page} von {pages}",
		},
		Status: OrderStatus{Heading: "Zahlung", Facts: []Fact{{"Nächste Zahlung", "12. Dezember 2026"}, {"Zahlungsart", "SEPA-Lastschrift, endet auf 3000"}}},
		Online: Online{Link: "https://pay.example.com/pay/abcdefghijkmnpqrstuvwxyz23456789", Heading: "1.240,00 € online bezahlen", Text: "Scannen Sie den Code mit der Kamera Ihres Telefons."},
	}
	for i := range n {
		s.Lines = append(s.Lines, Line{Text: fmt.Sprintf("Schreibtisch „Größe %d“", i+1), Detail: "Eiche geölt, Lieferung frei Haus", Qty: "1", Unit: "1.240,00 €", Tax: "19 %", Total: "1.240,00 €"})
	}
	return s
}

// foreign is a receipt in which every sort of text meets.
func foreign() Receipt {
	r := receiptEN(0)
	r.Seller.Name = strings.Repeat("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk", 3)
	r.BillTo.Name = "Мария Иванова-Достоевская 🎉"
	r.BillTo.Lines = []string{"Οδός Ερμού 15, ΔΩ Αθήνα", "Şişli, İstanbul", "Gdańsk, Łódź, Žilina", "Vilnius, Šiauliai, Õismäe"}
	for _, text := range []string{
		"office ﬁnancial ﬂow ﬃx",                        // ligatures
		"Cafe\u0301 Zu\u0308rich x\u0302 o\u0323\u0302", // combining marks, one without a composed form
		"Party 🎉👩‍👩‍👧 hat ❤️ kit",                       // emoji
		"Nguyễn Thị Ánh, București și Iași, ₹ 500 ₺ 20", // the wide subset
		"עברית العربية 日本語 𓀀𓂀",                          // shaped, and nothing has the last
		"Ελληνικά, Русский, Polski żółć, Türkçe ğış, Lietuvių ąčęėįšųū",
		strings.Repeat("W", 300),
		"tab\there\nsecond line\u00ad\u200b \x00\x07end \xff\xfe",
	} {
		r.Lines = append(r.Lines, Line{Text: text, Qty: "1", Unit: "9.223.372.036.854.775.807,00 €", Total: "9.223.372.036.854.775.807,00 €"})
	}
	r.Totals.Total.Value = "9.223.372.036.854.775.807,00 €"
	return r
}

// scripts is an invoice with n lines whose names are in writing that must be shaped.
func scripts(n int) Invoice {
	i := invoiceEN(n)
	i.Seller.Name = "متجر الأدوات (Northwind)"
	i.BillTo = Party{Name: "شركة القاهرة للتجارة والتوريدات العمومية ش.م.م", Lines: []string{"12 شارع طلعت حرب، الطابق 3", "القاهرة 11511 Cairo", "مصر"}}
	i.Facts = append(i.Facts, Fact{"配送先", "東京都港区六本木六丁目10番1号 株式会社さくら商事 山田太郎様"})
	i.Notes = []string{
		"תודה על הזמנתך! נא לשמור את החשבונית (INV-2026-00311) לרישומיך; לשאלות: accounts@northwind.example או בטלפון.",
		"धन्यवाद! कृपया अपने रिकॉर्ड के लिए यह चालान रखें। क्षेत्र, ज्ञान, श्रीमती।",
	}
	for l := range i.Lines {
		i.Lines[l].Text = []string{
			"מפתח מומנט 1/2 אינץ׳, דגם TX-40 (שחור)",
			"مفتاح عزم الدوران، الطراز TX-40 (أسود) مع حقيبة حمل وضمان لمدة ٢٤ شهرًا",
			"ประแจปอนด์ ขนาด 1/2 นิ้ว พร้อมกล่องเก็บและใบรับประกันสองปีสำหรับงานช่างทุกประเภทที่ต้องการความแม่นยำ",
			"टॉर्क रिंच, 1/2 इंच (काला), दो साल की वारंटी के साथ",
			"می\u200cخواهم کلید گشتاور",
			"トルクレンチ 1/2インチ（黒）、収納ケースおよび２年間の保証書付き、プロ用の精密工具",
			"扭矩扳手，半英寸（黑色），附收纳盒 · 토크 렌치 1/2인치, 보관 상자와 2년 보증 포함",
			"টর্ক রেঞ্চ · முறுக்கு விசை · ტორკის გასაღები · Բանալի · ቁልፍ · ກະແຈ · សោ",
		}[l%8]
		if l%2 == 1 {
			i.Lines[l].Detail = "SKU NW-1042 · لون أسود · צבע שחור"
		}
	}
	return i
}
