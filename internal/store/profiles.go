package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/secret"
)

const profileColumns = `p.id, p.number, p.mode, p.name, p.locale, p.time_zone, p.details, p.created_at, p.row_version`

// profileScan receives profileColumns; done gives the profile.
type profileScan struct {
	p       profile.Profile
	details string
}

func (s *profileScan) dest() []any {
	return []any{&s.p.ID, &s.p.Number, &s.p.Mode, &s.p.Name, &s.p.Locale, &s.p.TimeZone, &s.details, at(&s.p.CreatedAt), &s.p.Version}
}

func (s *profileScan) done() (profile.Profile, error) {
	if err := json.Unmarshal([]byte(s.details), &s.p.Details); err != nil {
		return profile.Profile{}, fmt.Errorf("decode profile details: %w", err)
	}
	return s.p, nil
}

func scanProfile(row scanner) (profile.Profile, error) {
	var s profileScan
	err := row.Scan(s.dest()...)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return profile.Profile{}, profile.ErrNotFound
	case err != nil:
		return profile.Profile{}, fmt.Errorf("scan profile: %w", err)
	}
	return s.done()
}

func selectProfile(ctx context.Context, q querier, profileID profile.ID, lock string) (profile.Profile, error) {
	return scanProfile(q.QueryRowContext(ctx, `SELECT `+profileColumns+` FROM profiles p WHERE p.id = $1`+lock, string(profileID)))
}

// profileAt gives a profile of which a statement has just read the version. Every
// page of an order needs its profile, and decoding it is a good part of such a
// page, so each is kept as it was last read. A profile changes only together with
// its version: what is kept under a version never goes stale.
func (d *DB) profileAt(ctx context.Context, profileID profile.ID, version int64) (profile.Profile, error) {
	kept, _ := d.profiles.Load(profileID)
	if p, ok := kept.(profile.Profile); ok && p.Version == version {
		return p, nil
	}
	p, err := d.Profile(ctx, profileID)
	if err == nil {
		d.profiles.Store(profileID, p)
	}
	return p, err
}

// Profile finds a profile.
func (d *DB) Profile(ctx context.Context, profileID profile.ID) (profile.Profile, error) {
	return selectProfile(ctx, d.reader, profileID, "")
}

// Profile finds a profile within the transaction.
func (t *tx) Profile(ctx context.Context, profileID profile.ID) (profile.Profile, error) {
	if t.merchant.ID == profileID {
		return t.merchant, nil
	}
	p, err := selectProfile(ctx, t, profileID, "")
	t.merchant = p
	return p, err
}

// ProfileForUpdate locks a profile.
func (t *tx) ProfileForUpdate(ctx context.Context, profileID profile.ID) (profile.Profile, error) {
	return selectProfile(ctx, t, profileID, t.db.dialect.ForUpdate)
}

// ProfileByNumber finds a profile by its small number.
func (d *DB) ProfileByNumber(ctx context.Context, number int64) (profile.Profile, error) {
	return scanProfile(d.reader.QueryRowContext(ctx, `SELECT `+profileColumns+` FROM profiles p WHERE p.number = $1`, number))
}

// Profiles lists all profiles by their number.
func (d *DB) Profiles(ctx context.Context) ([]profile.Profile, error) {
	rows, err := d.reader.QueryContext(ctx, `SELECT `+profileColumns+` FROM profiles p ORDER BY p.number`)
	return collect(rows, err, scanProfile)
}

// NextProfileNumber is one more than the highest.
func (t *tx) NextProfileNumber(ctx context.Context) (int64, error) {
	var n int64
	if err := t.QueryRowContext(ctx, `SELECT COALESCE(MAX(number), 0) + 1 FROM profiles`).Scan(&n); err != nil {
		return 0, fmt.Errorf("next profile number: %w", err)
	}
	return n, nil
}

// InsertProfile adds a profile.
func (t *tx) InsertProfile(ctx context.Context, p profile.Profile) error {
	details, err := json.Marshal(p.Details)
	if err != nil {
		return fmt.Errorf("encode profile details: %w", err)
	}
	return t.exec(ctx, "insert profile", `
INSERT INTO profiles (id, number, mode, name, locale, time_zone, details, created_at, row_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)`,
		string(p.ID), p.Number, string(p.Mode), p.Name, p.Locale, p.TimeZone, string(details), ms(p.CreatedAt))
}

// SaveProfile changes a profile.
func (t *tx) SaveProfile(ctx context.Context, p profile.Profile) error {
	t.merchant = profile.Profile{}
	details, err := json.Marshal(p.Details)
	if err != nil {
		return fmt.Errorf("encode profile details: %w", err)
	}
	return t.exec(ctx, "update profile", `
UPDATE profiles SET name = $3, locale = $4, time_zone = $5, details = $6, row_version = row_version + 1
 WHERE id = $1 AND row_version = $2`, string(p.ID), p.Version, p.Name, p.Locale, p.TimeZone, string(details))
}

// KeepLogo stores a picture unless the profile has it already.
func (t *tx) KeepLogo(ctx context.Context, profileID profile.ID, f profile.LogoFile, now time.Time) error {
	return t.exec(ctx, "keep logo", `
INSERT INTO profile_logos (profile_id, hash, media_type, content, created_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (profile_id, hash) DO NOTHING`, string(profileID), f.Hash, f.MediaType, f.Content, ms(now))
}

// Logo is the picture with a hash, of whichever profile.
func (d *DB) Logo(ctx context.Context, hash string) (profile.LogoFile, error) {
	var f profile.LogoFile
	err := d.reader.QueryRowContext(ctx, `SELECT hash, media_type, content FROM profile_logos WHERE hash = $1 LIMIT 1`, hash).Scan(&f.Hash, &f.MediaType, &f.Content)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return profile.LogoFile{}, profile.ErrLogoNotFound
	case err != nil:
		return profile.LogoFile{}, fmt.Errorf("read logo: %w", err)
	}
	return f, nil
}

// TestTime is where a profile's test clock stands.
func (d *DB) TestTime(ctx context.Context, profileID profile.ID) (now time.Time, ok bool, err error) {
	err = d.reader.QueryRowContext(ctx, `SELECT at FROM test_clocks WHERE profile_id = $1`, string(profileID)).Scan(at(&now))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return time.Time{}, false, nil
	case err != nil:
		return time.Time{}, false, fmt.Errorf("read test clock: %w", err)
	}
	return now, true, nil
}

const purposeGateway = secret.Purpose("gateway-account")

// accountSecrets is what is sealed of a gateway account.
type accountSecrets struct {
	Token      string `json:"token"`
	WebhookKey []byte `json:"webhook_key"`
}

const accountColumns = `profile_id, id, driver, entity_id, api_base, public_base, test_mode, brands, currencies, secrets`

func (d *DB) scanAccount(row scanner, missing error) (gateway.Account, error) {
	var a gateway.Account
	var brands, currencies string
	var sealed []byte
	err := row.Scan(&a.ProfileID, &a.ID, &a.Driver, &a.EntityID, &a.APIBase, &a.PublicBase, &a.TestMode, &brands, &currencies, &sealed)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return gateway.Account{}, missing
	case err != nil:
		return gateway.Account{}, fmt.Errorf("scan gateway account: %w", err)
	}
	for _, code := range strings.Fields(currencies) {
		c, err := money.ParseCurrency(code)
		if err != nil {
			return gateway.Account{}, fmt.Errorf("currency %s of gateway account %s: %w", code, a.ID, err)
		}
		a.Currencies = append(a.Currencies, c)
	}
	plain, err := d.ring.Open(purposeGateway, a.ID, sealed)
	if err != nil {
		return gateway.Account{}, fmt.Errorf("open secrets of gateway account %s: %w", a.ID, err)
	}
	var s accountSecrets
	if err := json.Unmarshal(plain, &s); err != nil {
		return gateway.Account{}, fmt.Errorf("decode secrets of gateway account %s: %w", a.ID, err)
	}
	a.Token, a.WebhookKey = s.Token, s.WebhookKey
	if brands != "" {
		a.Brands = strings.Fields(brands)
	}
	return a, nil
}

// Account is a profile's newest account in use.
func (d *DB) Account(ctx context.Context, profileID profile.ID) (gateway.Account, error) {
	return d.scanAccount(d.reader.QueryRowContext(ctx, `
SELECT `+accountColumns+` FROM gateway_accounts
 WHERE profile_id = $1 AND retired_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 1`, string(profileID)), profile.ErrNoAccount)
}

// AccountByID finds an account of any profile.
func (d *DB) AccountByID(ctx context.Context, accountID string) (gateway.Account, error) {
	return d.scanAccount(d.reader.QueryRowContext(ctx, `SELECT `+accountColumns+` FROM gateway_accounts WHERE id = $1`, accountID), profile.ErrAccountUnknown)
}

// SaveAccount adds an account or changes it, its secrets sealed.
func (t *tx) SaveAccount(ctx context.Context, a gateway.Account) error {
	plain, err := json.Marshal(accountSecrets{a.Token, a.WebhookKey})
	if err != nil {
		return fmt.Errorf("encode secrets: %w", err)
	}
	sealed, err := t.db.ring.Seal(purposeGateway, a.ID, plain)
	if err != nil {
		return fmt.Errorf("seal secrets: %w", err)
	}
	codes := make([]string, len(a.Currencies))
	for i, c := range a.Currencies {
		codes[i] = c.Code()
	}
	return t.exec(ctx, "save gateway account", `
INSERT INTO gateway_accounts (profile_id, id, driver, entity_id, api_base, public_base, test_mode, brands, currencies, secrets, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT (profile_id, id) DO UPDATE SET entity_id = excluded.entity_id, api_base = excluded.api_base, public_base = excluded.public_base,
       test_mode = excluded.test_mode, brands = excluded.brands, currencies = excluded.currencies, secrets = excluded.secrets`,
		string(a.ProfileID), a.ID, a.Driver, a.EntityID, a.APIBase, a.PublicBase, a.TestMode, strings.Join(a.Brands, " "), strings.Join(codes, " "),
		sealed, ms(id.Time(a.ID)))
}
