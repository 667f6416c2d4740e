package app

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"syscall"
)

// demoSites are where the demo listens: sites differ as in life, servers talk to
// each other over 127.0.0.1. The gateway takes the port after the portal's, the
// merchant's shop the second, card issuers the third and the outbox the fourth.
type demoSites struct {
	portal, gateway, shop, issuer, outbox   net.Listener
	baseURL, gatewayURL, shopURL, issuerURL string
	gatewayAPI                              string // where the portal's server calls the gateway
}

// listenDemo takes all sites, from the port of address on. Port 0 stands for any
// five that are free.
func listenDemo(ctx context.Context, address string) (demoSites, error) {
	host, text, err := net.SplitHostPort(address)
	port, perr := strconv.Atoi(text)
	if err = errors.Join(err, perr); err != nil {
		return demoSites{}, fmt.Errorf("demo: --listen wants host:port: %w", err)
	}
	if port != 0 {
		return listenFrom(ctx, host, port)
	}
	const tries = 100
	for range tries {
		// Below what systems give to clients.
		s, err := listenFrom(ctx, host, 10_000+8*rand.IntN(2_700)) //nolint:gosec // no secret
		if !errors.Is(err, syscall.EADDRINUSE) {
			return s, err
		}
	}
	return demoSites{}, fmt.Errorf("demo: no five free ports in a row in %d tries", tries)
}

func listenFrom(ctx context.Context, host string, port int) (_ demoSites, err error) {
	var s demoSites
	var lc net.ListenConfig
	var taken []net.Listener
	for _, site := range []struct {
		name  string
		after int
		into  *net.Listener
	}{{"portal", 0, &s.portal}, {"gateway", 1, &s.gateway}, {"shop", 2, &s.shop}, {"card issuers", 3, &s.issuer}, {"outbox", 4, &s.outbox}} {
		l, err := lc.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port+site.after)))
		if err != nil {
			err = fmt.Errorf("demo: %s: %w", site.name, err)
			for _, t := range taken {
				err = errors.Join(err, t.Close())
			}
			return demoSites{}, err
		}
		*site.into = l
		taken = append(taken, l)
	}
	s.baseURL = "http://" + net.JoinHostPort(host, strconv.Itoa(port))
	s.gatewayURL = fmt.Sprintf("http://gateway.localhost:%d", port+1)
	s.shopURL = fmt.Sprintf("http://shop.localhost:%d", port+2)
	s.issuerURL = fmt.Sprintf("http://acs.localhost:%d", port+3)
	s.gatewayAPI = "http://" + net.JoinHostPort(host, strconv.Itoa(port+1))
	return s, nil
}
