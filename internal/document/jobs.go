package document

import "github.com/quittance/quittance/internal/profile"

// Draw wakes up the drawing of an issued document.
type Draw struct {
	ProfileID  profile.ID `json:"profile_id"`
	DocumentID ID         `json:"document_id"`
}

// Kind names the job.
func (Draw) Kind() string { return "document.draw" }
