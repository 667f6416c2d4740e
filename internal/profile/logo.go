package profile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/jpeg" // a logo may be one
	_ "image/png"  // or the other

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/fault"
)

// Bounds of a logo: what a phone loads at once, and what a paper can print.
const (
	maxLogoBytes = 200 << 10
	minLogoSide  = 16
	maxLogoSide  = 2000
)

// Logo names a merchant's picture by its content.
type Logo struct {
	Hash      string `json:"hash"` // of the content, hex; empty when there is no logo
	MediaType string `json:"media_type"`
	Width     int    `json:"width"` // in pixels, like Height
	Height    int    `json:"height"`
}

// LogoFile is a logo with its content.
type LogoFile struct {
	Logo
	Content []byte
}

// ReadLogo reads a picture to its end: what it takes, browsers and papers take
// too. It returns ErrInvalid for anything but a PNG or JPEG within the bounds.
func ReadLogo(content []byte) (LogoFile, error) {
	refused := ErrInvalid.With(fault.Field{Pointer: "/logo_file", Code: "logo", Public: "Use a PNG or JPEG picture of at most 200 KB, 16 to 2000 pixels a side."})
	if len(content) > maxLogoBytes {
		return LogoFile{}, refused
	}
	size, format, err := image.DecodeConfig(bytes.NewReader(content)) // before the pixels, which take memory
	if err != nil {
		return LogoFile{}, refused.Because(err)
	}
	if format != "png" && format != "jpeg" { // another package may have taught image more
		return LogoFile{}, refused
	}
	if min(size.Width, size.Height) < minLogoSide || max(size.Width, size.Height) > maxLogoSide {
		return LogoFile{}, refused
	}
	if _, _, err := image.Decode(bytes.NewReader(content)); err != nil {
		return LogoFile{}, refused.Because(err)
	}
	sum := sha256.Sum256(content)
	return LogoFile{Logo{Hash: hex.EncodeToString(sum[:16]), MediaType: "image/" + format, Width: size.Width, Height: size.Height}, content}, nil
}

// SetLogo changes a profile's logo; nil takes it away. Older pictures stay, since
// mails and pages that were sent name them. It returns ErrNotFound.
func (s *Service) SetLogo(ctx context.Context, by actor.Actor, profileID ID, f *LogoFile) error {
	err := s.repo.InProfileTx(ctx, func(tx Tx) error {
		p, err := tx.ProfileForUpdate(ctx, profileID)
		if err != nil {
			return err
		}
		p.Details.Logo = Logo{}
		if f != nil {
			p.Details.Logo = f.Logo
			if err := tx.KeepLogo(ctx, profileID, *f, s.clock.Wall()); err != nil {
				return err
			}
		}
		if err := tx.SaveProfile(ctx, p); err != nil {
			return err
		}
		return tx.Audit(ctx, profileID, by, "profile.logo_set", string(profileID))
	})
	if err != nil {
		return fmt.Errorf("set logo of %s: %w", profileID, err)
	}
	return nil
}

// Logo is the picture with a hash; ErrLogoNotFound.
func (s *Service) Logo(ctx context.Context, hash string) (LogoFile, error) {
	return s.repo.Logo(ctx, hash)
}
