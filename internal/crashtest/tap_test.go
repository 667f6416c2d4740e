//go:build linux

package crashtest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// tap is the reading end of a process's standard error. The pipe holds one line:
// a process stands still at its next line until the one before was taken. So
// whoever has seen a line can kill the process before it gets past the next one.
type tap struct {
	pipe         *os.File
	copyR, copyW *os.File
}

const (
	fcntlSetPipeSize = 1031 // F_SETPIPE_SZ
	spliceNonBlock   = 2    // SPLICE_F_NONBLOCK
	onePage          = 4096
)

// newTap returns the tap and the end that the process writes to.
func newTap() (*tap, *os.File, error) {
	var ends, copies [2]int
	// O_DIRECT: each write is a packet of its own and none is joined to another.
	if err := syscall.Pipe2(ends[:], syscall.O_CLOEXEC|syscall.O_DIRECT); err != nil {
		return nil, nil, fmt.Errorf("make pipe: %w", err)
	}
	if err := syscall.Pipe2(copies[:], syscall.O_CLOEXEC); err != nil {
		return nil, nil, fmt.Errorf("make pipe: %w", err)
	}
	if _, _, errno := syscall.Syscall(syscall.SYS_FCNTL, uintptr(ends[1]), fcntlSetPipeSize, onePage); errno != 0 {
		return nil, nil, fmt.Errorf("shrink pipe: %w", errno)
	}
	if err := syscall.SetNonblock(ends[0], true); err != nil { // the reading end alone: Go then waits without a thread
		return nil, nil, fmt.Errorf("make pipe wait in Go: %w", err)
	}
	t := &tap{pipe: os.NewFile(uintptr(ends[0]), "stderr"), copyR: os.NewFile(uintptr(copies[0]), "peek"), copyW: os.NewFile(uintptr(copies[1]), "peek")}
	return t, os.NewFile(uintptr(ends[1]), "stderr"), nil
}

// peek waits for what the process wrote next and leaves it where it is. It
// returns io.EOF after the last.
func (t *tap) peek() ([]byte, error) {
	from, err := t.pipe.SyscallConn()
	if err != nil {
		return nil, err
	}
	var n int64
	var teeErr error
	err = from.Read(func(fd uintptr) bool {
		n, teeErr = syscall.Tee(int(fd), int(t.copyW.Fd()), 1<<16, spliceNonBlock)
		return !errors.Is(teeErr, syscall.EAGAIN) && !errors.Is(teeErr, syscall.EINTR)
	})
	switch {
	case err != nil:
		return nil, err
	case teeErr != nil:
		return nil, teeErr
	case n == 0:
		return nil, io.EOF
	}
	b := make([]byte, n)
	_, err = io.ReadFull(t.copyR, b)
	return b, err
}

// take removes what was peeked at and lets the process go on.
func (t *tap) take(n int) error {
	_, err := io.ReadFull(t.pipe, make([]byte, n))
	return err
}

func (t *tap) close() error { return errors.Join(t.pipe.Close(), t.copyR.Close(), t.copyW.Close()) }
