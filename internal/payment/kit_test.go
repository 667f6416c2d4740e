package payment_test

import (
	"fmt"
	"io"
	"strconv"
	"time"
)

func copyAll(w io.Writer, r io.ReadCloser) (int64, error) {
	defer func() { _ = r.Close() }()
	return io.Copy(w, r)
}

func pad5(n int) string { return fmt.Sprintf("%05d", n) }

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
