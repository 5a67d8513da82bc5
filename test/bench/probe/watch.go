package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

type seen struct {
	Metadata struct {
		Name string `json:"name"`
		UID  string `json:"uid"`
	} `json:"metadata"`
	Spec struct {
		Replicas int `json:"replicas"`
	} `json:"spec"`
	Status struct {
		ObservedGeneration int `json:"observedGeneration"`
	} `json:"status"`
	at time.Time
}

type collection struct {
	Metadata struct {
		ResourceVersion string `json:"resourceVersion"`
	} `json:"metadata"`
	Items []seen `json:"items"`
}

func (c *client) list(path string) (collection, error) {
	var all collection
	err := c.do(http.MethodGet, path, "application/json", nil, &all)
	return all, err
}

// watch calls `handle` for each object below path, those that exist first, until it returns true.
func (c *client) watch(path string, handle func(seen) bool) error {
	all, err := c.list(path)
	if err != nil {
		return err
	}
	for _, item := range all.Items {
		item.at = time.Now()
		if handle(item) {
			return nil
		}
	}
	return c.watchFrom(path, all.Metadata.ResourceVersion, handle)
}

// follow calls `handle` for each object below path, for ever: without it the task would wait in vain.
func (c *client) follow(path string, handle func(seen)) {
	panic(c.watch(path, func(s seen) bool { handle(s); return false }))
}

func (c *client) watchFrom(path, version string, handle func(seen) bool) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	answer, err := c.openWatch(ctx, path, version)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	return readEvents(json.NewDecoder(answer.Body), path, handle)
}

// openWatch returns once the server has accepted the watch: from then on nothing is late because
// the opening had to queue behind other requests.
func (c *client) openWatch(ctx context.Context, path, version string) (*http.Response, error) {
	return c.send(ctx, http.MethodGet,
		path+"?watch=true&resourceVersion="+version, "application/json", nil)
}

func readEvents(events *json.Decoder, path string, handle func(seen) bool) error {
	for {
		var event struct {
			Type   string `json:"type"`
			Object seen   `json:"object"`
		}
		if err := events.Decode(&event); err != nil {
			return fmt.Errorf("watch of %s: %w", path, err)
		}
		if event.Type == "ERROR" {
			return fmt.Errorf("watch of %s: the server ended it", path)
		}
		event.Object.at = time.Now()
		if event.Type != "DELETED" && handle(event.Object) {
			return nil
		}
	}
}

// awaitCount returns when `count` different objects below path satisfy `good`.
func (c *client) awaitCount(path string, count int, good func(seen) bool) error {
	names := map[string]bool{}
	return c.watch(path, func(o seen) bool {
		if good(o) {
			names[o.Metadata.Name] = true
		}
		return len(names) == count
	})
}
