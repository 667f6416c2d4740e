package sandbox

import (
	"encoding/hex"
	"encoding/json"
	"testing"
)

func TestSealMatchesThePublishedVectors(t *testing.T) {
	t.Parallel()
	const key = "000102030405060708090A0B0C0D0E0F000102030405060708090A0B0C0D0E0F"
	tests := map[string]struct {
		plain string
		want  sealed
	}{
		"with a space": {`{"type": "PAYMENT"}`, sealed{
			iv: "3D575574536D450F71AC76D8", tag: "19FDD068C6F383C173D3A906F7BD1D83", body: "F8E2F759E528CB69375E51DB2AF9B53734E393"}},
		"iv of zeros": {`{"type":"PAYMENT"}`, sealed{
			iv: "000000000000000000000000", tag: "CE573FB7A41AB78E743180DC83FF09BD", body: "0A3471C72D9BE49A8520F79C66BBD9A12FF9"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			iv, err := hex.DecodeString(tt.want.iv)
			if err != nil {
				t.Fatal(err)
			}

			got, err := seal(key, iv, []byte(tt.plain))

			if err != nil || got != tt.want {
				t.Errorf("seal = %+v, %v, want %+v", got, err, tt.want)
			}
		})
	}
}

func TestWrapHasBothForms(t *testing.T) {
	t.Parallel()
	s := sealed{body: "0A34"}

	kind, raw, err := s.wrap(BodyHex)
	if err != nil || kind != "text/plain" || string(raw) != "0A34" {
		t.Errorf("hex form = %s %s, %v", kind, raw, err)
	}
	kind, raw, err = s.wrap(BodyJSON)
	var body map[string]string
	if err != nil || kind != "application/json" || json.Unmarshal(raw, &body) != nil || body["encryptedBody"] != "0A34" {
		t.Errorf("JSON form = %s %s, %v", kind, raw, err)
	}
}

func TestProbeIs206HexDigits(t *testing.T) {
	t.Parallel()
	if got := len(hex.EncodeToString(probe())); got != 206 || !json.Valid(probe()) {
		t.Errorf("probe has %d hex digits, want 206 of valid JSON", got)
	}
}

func TestEveryTestCardPassesTheChecks(t *testing.T) {
	t.Parallel()
	for number, c := range testCards() {
		if !luhn(number) || c.Brand == "" || c.Flow == "" || stateOf(c.code) == StatePending {
			t.Errorf("test card %s is not one: %+v", number, c)
		}
	}
}
