package profile

import (
	"encoding/json"
	"slices"
	"testing"
)

func TestRetryDays(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		want []int64 // nil: refused
	}{
		{`{}`, []int64{1, 3, 5, 7}}, {`{"retry":{"auto_suspend":true}}`, []int64{1, 3, 5, 7}}, {`{"retry":{"days":null}}`, []int64{1, 3, 5, 7}},
		{`{"retry":{"days":[]}}`, []int64{}}, {`{"retry":{"days":[2,29]}}`, []int64{2, 29}}, {`{"retry":{"days":[1,2,3,4,5,6,7,8,9,10,11,12,13,14]}}`, []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}},
		{`{"retry":{"days":[0]}}`, nil}, {`{"retry":{"days":[30]}}`, nil}, {`{"retry":{"days":[3,3]}}`, nil}, {`{"retry":{"days":[3,1]}}`, nil},
		{`{"retry":{"days":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]}}`, nil},
	} {
		var d Details
		if err := json.Unmarshal([]byte(tt.text), &d); err != nil {
			t.Fatal(err)
		}
		kept, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		d = Details{}
		if err := json.Unmarshal(kept, &d); err != nil {
			t.Fatal(err)
		}
		bad := d.Retry.refuseWrong()
		if (len(bad) > 0) != (tt.want == nil) || (tt.want != nil && !slices.Equal(d.Retry.Ladder(), tt.want)) {
			t.Errorf("%s: %v, %v", tt.text, d.Retry.Ladder(), bad)
		}
	}
}
