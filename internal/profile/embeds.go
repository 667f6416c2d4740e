package profile

import (
	"regexp"
	"slices"
	"strings"

	"github.com/quittance/quittance/internal/fault"
)

const maxEmbedHosts = 20

// originForm is an origin as browsers write it. It has no character that means
// something in a content security policy.
var originForm = regexp.MustCompile(`^(https?)://([a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:[1-9][0-9]{0,4})?$`)

// validOrigin reports whether browsers write an origin so, and whether it may frame
// a payment: https, or http on the developer's own machine.
func validOrigin(origin string) bool {
	m := originForm.FindStringSubmatch(origin)
	if m == nil || m[1] == "https" && m[4] == ":443" || m[1] == "http" && m[4] == ":80" {
		return false
	}
	local := m[2] == "localhost" || strings.HasSuffix(m[2], ".localhost") || m[2] == "127.0.0.1"
	return m[1] == "https" || local
}

// Embeds reports whether pages of an origin may show the checkout in a frame.
func (d Details) Embeds(origin string) bool {
	return validOrigin(origin) && slices.Contains(d.EmbedHosts, origin)
}

// refuseWrongEmbeds tells what is wrong with the origins that may embed.
func (d Details) refuseWrongEmbeds() []fault.Field {
	wrong := slices.ContainsFunc(d.EmbedHosts, func(o string) bool { return !validOrigin(o) })
	if wrong || len(d.EmbedHosts) > maxEmbedHosts {
		return []fault.Field{{Pointer: "/embed_hosts", Code: "not_allowed", Public: "Use at most 20 origins such as https://shop.example.com, in small letters and without a path; http only for localhost."}}
	}
	return nil
}
