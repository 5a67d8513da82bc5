package main

import "fmt"

type object = map[string]any
type list = []any

const group = "bitcoincontroller.christianb93.github.com"

func networksPath(ns string) string {
	return "/apis/" + group + "/v1/namespaces/" + ns + "/bitcoinnetworks"
}
func setsPath(ns string) string     { return "/apis/apps/v1/namespaces/" + ns + "/statefulsets" }
func servicesPath(ns string) string { return "/api/v1/namespaces/" + ns + "/services" }

func networkName(i int) string { return fmt.Sprintf("net-%05d", i) }

func network(name string) object {
	return object{
		"apiVersion": group + "/v1", "kind": "BitcoinNetwork", "metadata": object{"name": name},
		"spec": object{"nodes": 3, "secret": "rpc-credentials"},
	}
}

// metadata of a child, as the controller writes it.
func metadata(network, suffix, uid string) object {
	return object{
		"name": network + suffix,
		"labels": object{"app": network, "app.kubernetes.io/name": "bitcoind",
			"app.kubernetes.io/instance": network, "app.kubernetes.io/managed-by": "bitcoin-controller"},
		"annotations": object{group + "/applied-configuration": "0123456789abcdef-0123456789abcdef"},
		"ownerReferences": list{object{"apiVersion": group + "/v1", "kind": "BitcoinNetwork",
			"name": network, "uid": uid, "controller": true, "blockOwnerDeletion": true}},
	}
}

func service(network, uid string) object {
	port := func(name string, number int) object {
		return object{"name": name, "port": number, "targetPort": number, "protocol": "TCP"}
	}
	return object{
		"apiVersion": "v1", "kind": "Service", "metadata": metadata(network, "-svc", uid),
		"spec": object{"clusterIP": "None", "publishNotReadyAddresses": true,
			"selector": object{"app": network},
			"ports":    list{port("rpc", 18443), port("p2p", 18444)}},
	}
}

func statefulSet(network, uid string) object {
	port := func(name string, number int) object {
		return object{"name": name, "containerPort": number, "protocol": "TCP"}
	}
	container := object{
		"name": "bitcoind", "image": "bitcoin/bitcoin:30.2", "imagePullPolicy": "IfNotPresent",
		"ports":   list{port("rpc", 18443), port("p2p", 18444)},
		"envFrom": list{object{"secretRef": object{"name": "rpc-credentials"}}},
		"resources": object{"requests": object{"cpu": "100m", "memory": "256Mi"},
			"limits": object{"memory": "512Mi"}},
	}
	return object{
		"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata(network, "-sts", uid),
		"spec": object{"replicas": 3, "serviceName": network + "-svc",
			"podManagementPolicy": "Parallel", "updateStrategy": object{"type": "RollingUpdate"},
			"selector": object{"matchLabels": object{"app": network}},
			"template": object{"metadata": object{"labels": metadata(network, "", uid)["labels"]},
				"spec": object{"containers": list{container}, "enableServiceLinks": false,
					"automountServiceAccountToken": false}}},
	}
}

// status is what the controller writes first, when the children exist and no pod does yet.
func status(network string) object {
	condition := func(kind, value, reason, message string) object {
		return object{"type": kind, "status": value, "reason": reason, "message": message,
			"observedGeneration": 1, "lastTransitionTime": "2026-01-01T00:00:00Z"}
	}
	return object{"status": object{
		"observedGeneration": 1, "phase": "Progressing", "replicas": 0, "readyNodes": 0,
		"selector": "app=" + network, "nodes": list{},
		"conditions": list{
			condition("Ready", "False", "NodesNotReady", "0 of 3 nodes are ready"),
			condition("Progressing", "True", "Scaling", "from 0 to 3 nodes"),
			condition("Degraded", "False", "AsExpected", "")}}}
}
