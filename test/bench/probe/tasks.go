package main

import (
	"context"
	"encoding/json"
	"net/http"
	"sort"
	"strings"
	"time"
)

type result = map[string]any

// seed creates the networks.
func seed(c *client, o options) (result, error) {
	err := inParallel(o.count, o.inFlight, func(i int) error {
		return c.post(networksPath(o.namespace), network(networkName(i)))
	})
	return result{}, err
}

// write is the bare writer: the four writes per network that an ideal controller needs, by the same
// verbs, and nothing else. Each network's writes follow each other, as a status tells of children
// that exist.
func write(c *client, o options) (result, error) {
	all, err := c.list(networksPath(o.namespace))
	if err != nil {
		return nil, err
	}
	err = inParallel(len(all.Items), o.inFlight, func(i int) error {
		name, uid := all.Items[i].Metadata.Name, all.Items[i].Metadata.UID
		if err := c.post(servicesPath(o.namespace), service(name, uid)); err != nil {
			return err
		}
		if err := c.post(secretsPath(o.namespace), confSecret(name, uid)); err != nil {
			return err
		}
		if err := c.post(setsPath(o.namespace), statefulSet(name, uid)); err != nil {
			return err
		}
		return c.mergePatch(networksPath(o.namespace)+"/"+name+"/status", status(name))
	})
	return result{}, err
}

// await returns when every network has its children and its status.
func await(c *client, o options) (result, error) {
	exists := func(seen) bool { return true }
	isConf := func(o seen) bool { return strings.HasSuffix(o.Metadata.Name, "-conf") }
	answered := func(o seen) bool { return o.Status.ObservedGeneration > 0 }
	failures := make(chan error)
	for path, good := range map[string]func(seen) bool{
		servicesPath(o.namespace): exists,
		secretsPath(o.namespace):  isConf,
		setsPath(o.namespace):     exists,
		networksPath(o.namespace): answered,
	} {
		go func(path string, good func(seen) bool) {
			failures <- c.awaitCount(path, o.count, good)
		}(path, good)
	}
	for i := 0; i < 4; i++ {
		if err := <-failures; err != nil {
			return nil, err
		}
	}
	return result{"at_ns": time.Now().UnixNano()}, nil
}

// latency measures, one network after the other, the time from the begin of its creation to the
// arrival of its Service at a watch. The next one begins when the one before is at rest.
func latency(c *client, o options) (result, error) {
	statuses := make(chan seen, o.count)
	go c.follow(networksPath(o.namespace), func(s seen) {
		if s.Status.ObservedGeneration > 0 {
			statuses <- s
		}
	})
	return createToService(c, o, func(name string) { waitFor(statuses, name) })
}

// echo measures the same of a controller without a thought: it posts a Service for each network that
// its watch shows. Nothing that follows a watch can be faster.
func echo(c *client, o options) (result, error) {
	go c.follow(networksPath(o.namespace), func(s seen) {
		err := c.post(servicesPath(o.namespace), service(s.Metadata.Name, s.Metadata.UID))
		if err != nil {
			panic(err)
		}
	})
	return createToService(c, o, func(string) {})
}

func createToService(c *client, o options, rest func(name string)) (result, error) {
	services := make(chan seen, o.count+o.first)
	go c.follow(servicesPath(o.namespace), func(s seen) { services <- s })
	var times []time.Duration
	for i := 0; i < o.count; i++ {
		name := networkName(o.first + i)
		begin := time.Now()
		if err := c.post(networksPath(o.namespace), network(name)); err != nil {
			return nil, err
		}
		times = append(times, waitFor(services, name+"-svc").Sub(begin))
		rest(name)
	}
	return percentiles(times), nil
}

// waitFor returns when the object of that name arrived.
func waitFor(arrived <-chan seen, name string) time.Time {
	for s := range arrived {
		if s.Metadata.Name == name {
			return s.at
		}
	}
	panic("a watch never closes its channel")
}

// post measures a bare POST of a Service, one after the other.
func post(c *client, o options) (result, error) {
	var times []time.Duration
	for i := 0; i < o.count; i++ {
		begin := time.Now()
		document := service(networkName(o.first+i), "00000000-0000-0000-0000-000000000000")
		delete(document["metadata"].(object), "ownerReferences")
		if err := c.post(servicesPath(o.namespace), document); err != nil {
			return nil, err
		}
		times = append(times, time.Since(begin))
	}
	return percentiles(times), nil
}

const (
	wrongReplicas = 7
	rightReplicas = 3
)

// drift scales `count` StatefulSets at once and measures, for each, the time from the begin of it
// all until a watch shows the set put back.
func drift(c *client, o options) (result, error) {
	before, err := c.list(setsPath(o.namespace)) // before the first edit, so that none is missed
	if err != nil {
		return nil, err
	}
	answer, err := c.openWatch(context.Background(), setsPath(o.namespace),
		before.Metadata.ResourceVersion)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	back := make(chan time.Time, o.count)
	go watchPutBack(answer, setsPath(o.namespace), back)
	begin := time.Now()
	if err := inParallel(o.count, o.inFlight, func(i int) error {
		return c.mergePatch(setsPath(o.namespace)+"/"+networkName(i)+"-sts",
			object{"spec": object{"replicas": wrongReplicas}})
	}); err != nil {
		return nil, err
	}
	var times []time.Duration
	for i := 0; i < o.count; i++ {
		times = append(times, (<-back).Sub(begin))
	}
	return percentiles(times), nil
}

func watchPutBack(answer *http.Response, path string, back chan<- time.Time) error {
	edited := map[string]bool{}
	return readEvents(json.NewDecoder(answer.Body), path, func(s seen) bool {
		switch {
		case s.Spec.Replicas == wrongReplicas:
			edited[s.Metadata.Name] = true
		case edited[s.Metadata.Name]:
			delete(edited, s.Metadata.Name)
			back <- s.at
		}
		return false
	})
}

func percentiles(times []time.Duration) result {
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	at := func(share float64) float64 {
		return float64(times[int(share*float64(len(times)-1))].Microseconds()) / 1000
	}
	return result{"p50_ms": at(0.50), "p99_ms": at(0.99)}
}
