package collect

import "time"

// Within lets one call work for so long.
func (s *Clocks) Within(budget time.Duration) *Clocks {
	s.budget = budget
	return s
}
