// The client side of the benchmark: creates networks, plays the ideal controller, and measures what
// a watcher sees. Every task prints one JSON object.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
)

type options struct {
	namespace string
	count     int
	first     int
	inFlight  int
}

var tasks = map[string]func(*client, options) (result, error){
	"seed": seed, "write": write, "await": await, "latency": latency, "echo": echo,
	"post": post, "drift": drift,
}

func run() error {
	var o options
	server := flag.String("server", "", "URL of the API server")
	ca := flag.String("ca", "", "file with its certificate authority")
	token := flag.String("token-file", "", "file with the bearer token")
	flag.StringVar(&o.namespace, "namespace", "default", "where the networks are")
	flag.IntVar(&o.count, "count", 1, "how many networks")
	flag.IntVar(&o.first, "first", 0, "number of the first network")
	flag.IntVar(&o.inFlight, "in-flight", 32, "requests at the same time")
	flag.Parse()
	task, known := tasks[flag.Arg(0)]
	if !known {
		return fmt.Errorf("unknown task %q", flag.Arg(0))
	}
	c, err := newClient(*server, *ca, *token, o.inFlight)
	if err != nil {
		return err
	}
	answer, err := task(c, o)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(answer)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
