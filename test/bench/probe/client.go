package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
)

// client speaks HTTP/1.1 with kept connections, as the controller does.
type client struct {
	server string
	token  string
	http   *http.Client
}

func newClient(server, caFile, tokenFile string, inFlight int) (*client, error) {
	ca, err := os.ReadFile(caFile)
	if err != nil {
		return nil, err
	}
	token, err := os.ReadFile(tokenFile)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	const watches = 8
	transport := &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
		TLSNextProto:        map[string]func(string, *tls.Conn) http.RoundTripper{}, // no HTTP/2
		MaxIdleConnsPerHost: inFlight + watches,
	}
	return &client{server, strings.TrimSpace(string(token)), &http.Client{Transport: transport}}, nil
}

// send sends one request; a body that is not nil is sent as JSON of the given media type. The
// answer's body is the caller's to close.
func (c *client) send(ctx context.Context, method, path, mediaType string, body any) (*http.Response, error) {
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		reader = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.server+path, reader)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("Content-Type", mediaType)
	answer, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode >= http.StatusBadRequest {
		defer answer.Body.Close()
		text, _ := io.ReadAll(answer.Body)
		return nil, fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, text)
	}
	return answer, nil
}

// do sends one request and reads its answer, into `out` when that is not nil.
func (c *client) do(method, path, mediaType string, body, out any) error {
	answer, err := c.send(context.Background(), method, path, mediaType, body)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if out != nil {
		return json.NewDecoder(answer.Body).Decode(out)
	}
	_, err = io.Copy(io.Discard, answer.Body) // else the connection is not used again
	return err
}

func (c *client) post(path string, body any) error {
	return c.do(http.MethodPost, path, "application/json", body, nil)
}

func (c *client) mergePatch(path string, body any) error {
	return c.do(http.MethodPatch, path, "application/merge-patch+json", body, nil)
}

// inParallel calls f for 0 … count-1, at most `inFlight` at a time, and returns the first error.
func inParallel(count, inFlight int, f func(int) error) error {
	numbers := make(chan int)
	failures := make(chan error, inFlight)
	var workers sync.WaitGroup
	for w := 0; w < inFlight; w++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for i := range numbers {
				if err := f(i); err != nil {
					select {
					case failures <- err:
					default: // one is enough to fail the run
					}
				}
			}
		}()
	}
	for i := 0; i < count; i++ {
		numbers <- i
	}
	close(numbers)
	workers.Wait()
	select {
	case err := <-failures:
		return err
	default:
		return nil
	}
}
