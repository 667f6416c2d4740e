package profile

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/fault"
)

func TestFormatsThatGiveANumberTwiceAreRefused(t *testing.T) {
	t.Parallel()
	receipt, note := []string{"/receipt_format"}, []string{"/credit_note_format"}
	for name, tt := range map[string]struct {
		formats Formats
		want    []string
	}{
		"defaults":              {Formats{}, nil},
		"words around":          {Formats{Receipt: "Quittung Nr. {serial}/{year}"}, nil},
		"all of one form":       {Formats{"{year}{kind}{serial:9}", "{year}{kind}{serial:9}", "{year}{kind}{serial:9}"}, nil},
		"no year":               {Formats{Receipt: "R-{serial}"}, receipt}, // the next year begins again
		"no serial":             {Formats{Receipt: "R-{year}"}, receipt},
		"serial twice":          {Formats{Receipt: "R-{year}-{serial}-{serial}"}, receipt},
		"no width":              {Formats{Receipt: "R-{year}-{serial:0}"}, receipt},
		"width of a year":       {Formats{Receipt: "R-{year:4}-{serial}"}, receipt},
		"unknown field":         {Formats{Receipt: "R-{month}-{year}-{serial}"}, receipt},
		"digit before":          {Formats{Receipt: "R-{year}-1{serial}"}, receipt},
		"digit behind":          {Formats{Receipt: "R-{year}-{serial}0"}, receipt},
		"digit apart":           {Formats{Receipt: "R2-{year}-{serial}"}, nil},
		"line break":            {Formats{Receipt: "R\n{year}-{serial}"}, receipt},
		"too long":              {Formats{Receipt: "a very, very long name {year} {serial} and more"}, receipt},
		"that of invoices":      {Formats{Receipt: "INV-{year}-{serial:5}"}, receipt},
		"one for all":           {Formats{"{year}-{serial}", "{year}-{serial}", ""}, receipt},
		"two kinds of one form": {Formats{Receipt: "{year}-{serial}", CreditNote: "{year}-{serial}"}, note},
	} {
		p := Profile{Mode: Sandbox, Name: "Shop", Locale: "en", TimeZone: "UTC", Details: Details{Formats: tt.formats}}
		var got []string
		var f *fault.Error
		if errors.As(p.validate(), &f) {
			for _, field := range f.Fields {
				got = append(got, field.Pointer)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
