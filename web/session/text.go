package session

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
)

// text is a session in lines: the language, the secret of the forms, and for each
// grant its profile, order and version of the link. A cookie has 4096 bytes for
// everything, and is read for every page.
func (s Session) text() string {
	var b strings.Builder
	b.WriteString(s.Language + "\n" + s.csrf)
	for _, g := range s.grants {
		b.WriteString("\n" + string(g.ProfileID) + " " + string(g.OrderID) + " " + strconv.FormatInt(g.Version, 10))
	}
	return b.String()
}

// parse reads what text wrote.
func parse(text string) (Session, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 2 {
		return Session{}, errNotOneText
	}
	s := Session{Language: lines[0], csrf: lines[1]}
	for _, line := range lines[2:] {
		profileID, rest, _ := strings.Cut(line, " ")
		orderID, version, _ := strings.Cut(rest, " ")
		n, err := strconv.ParseInt(version, 10, 64)
		if err != nil {
			return Session{}, fmt.Errorf("session: read grant: %w", err)
		}
		s.grants = append(s.grants, order.Link{ProfileID: profile.ID(profileID), OrderID: order.ID(orderID), Version: n})
	}
	return s, nil
}
