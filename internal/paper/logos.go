package paper

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/pdf"
)

// maxLogos bounds how many logos are kept ready for drawing, some tens of
// kilobytes each.
const maxLogos = 64

// logos are the last logos that were drawn, by their hash. A hash stands for one
// picture for ever, so none of them gets old.
type logos struct {
	mu    sync.Mutex
	ready map[string]pdf.Logo
}

// logo is the picture with a hash, ready to be drawn; none for none. A picture
// that is missing or cannot be read is no reason to leave a customer without
// paper: the seller's name stands in its place.
func (s *Service) logo(ctx context.Context, hash string) (pdf.Logo, error) {
	if hash == "" {
		return pdf.Logo{}, nil
	}
	if l, ok := s.logos.get(hash); ok {
		return l, nil
	}
	f, err := s.repo.Logo(ctx, hash)
	if errors.Is(err, profile.ErrLogoNotFound) {
		return pdf.Logo{}, nil
	}
	if err != nil {
		return pdf.Logo{}, fmt.Errorf("read logo: %w", err)
	}
	l, err := pdf.ReadLogo(f.Content)
	if err != nil {
		l = pdf.Logo{}
	}
	s.logos.put(hash, l)
	return l, nil
}

func (l *logos) get(hash string) (pdf.Logo, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	logo, ok := l.ready[hash]
	return logo, ok
}

func (l *logos) put(hash string, logo pdf.Logo) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ready == nil || len(l.ready) >= maxLogos {
		l.ready = make(map[string]pdf.Logo) // as good as any choice, and rare
	}
	l.ready[hash] = logo
}
