package main

import (
	"encoding/base64"
	"fmt"
	"strings"
)

type object = map[string]any
type list = []any

const group = "bitcoincontroller.christianb93.github.com"

func networksPath(ns string) string {
	return "/apis/" + group + "/v1/namespaces/" + ns + "/bitcoinnetworks"
}
func setsPath(ns string) string     { return "/apis/apps/v1/namespaces/" + ns + "/statefulsets" }
func servicesPath(ns string) string { return "/api/v1/namespaces/" + ns + "/services" }
func secretsPath(ns string) string  { return "/api/v1/namespaces/" + ns + "/secrets" }

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

// conf is a bitcoin.conf of the controller's length; nobody reads this one.
var conf = base64.StdEncoding.EncodeToString([]byte(strings.Repeat(
	"rpcauth=user:0123456789abcdef0123456789abcdef$0123456789abcdef0123456789abcdef\n", 14)))

func confSecret(network, uid string) object {
	return object{
		"apiVersion": "v1", "kind": "Secret", "metadata": metadata(network, "-conf", uid),
		"type": "Opaque", "data": object{"bitcoin.conf": conf},
	}
}

func container() object {
	port := func(name string, number int) object {
		return object{"name": name, "containerPort": number, "protocol": "TCP"}
	}
	probe := func(how string, what object, period, failures int) object {
		return object{how: what, "periodSeconds": period, "timeoutSeconds": 5,
			"failureThreshold": failures}
	}
	asks := object{"command": list{"bitcoin-cli", "-chain=regtest", "-datadir=/data",
		"-rpcclienttimeout=3", "getblockchaininfo"}}
	return object{
		"name": "bitcoind", "image": "bitcoin/bitcoin:30.2", "imagePullPolicy": "IfNotPresent",
		"command": list{"bitcoind"},
		"args":    list{"-conf=/etc/bitcoin/bitcoin.conf", "-datadir=/data"},
		"ports":   list{port("rpc", 18443), port("p2p", 18444)},
		"volumeMounts": list{object{"name": "data", "mountPath": "/data"},
			object{"name": "conf", "mountPath": "/etc/bitcoin", "readOnly": true}},
		"securityContext": object{"allowPrivilegeEscalation": false,
			"readOnlyRootFilesystem": true, "capabilities": object{"drop": list{"ALL"}}},
		"startupProbe":   probe("exec", asks, 2, 150),
		"readinessProbe": probe("exec", asks, 5, 3),
		"livenessProbe":  probe("tcpSocket", object{"port": "rpc"}, 10, 6),
		"resources": object{"requests": object{"cpu": "100m", "memory": "256Mi"},
			"limits": object{"memory": "512Mi"}},
	}
}

func podSpec(network string) object {
	return object{
		"containers": list{container()},
		"volumes": list{
			object{"name": "conf", "secret": object{"secretName": network + "-conf",
				"defaultMode": 0440, "items": list{object{"key": "bitcoin.conf",
					"path": "bitcoin.conf"}}}},
			object{"name": "data", "emptyDir": object{}}},
		"securityContext": object{"runAsNonRoot": true, "runAsUser": 101, "runAsGroup": 101,
			"fsGroup": 101, "fsGroupChangePolicy": "OnRootMismatch",
			"seccompProfile": object{"type": "RuntimeDefault"}},
		"terminationGracePeriodSeconds": 120,
		"automountServiceAccountToken":  false, "enableServiceLinks": false,
	}
}

func statefulSet(network, uid string) object {
	template := object{"labels": metadata(network, "", uid)["labels"],
		"annotations": object{group + "/configuration": "0123456789abcdef0123456789abcdef"}}
	return object{
		"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata(network, "-sts", uid),
		"spec": object{"replicas": 3, "serviceName": network + "-svc",
			"podManagementPolicy": "Parallel", "updateStrategy": object{"type": "RollingUpdate"},
			"selector": object{"matchLabels": object{"app": network}},
			"template": object{"metadata": template, "spec": podSpec(network)}},
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
		"peers": nil, "height": nil, "selector": "app=" + network, "nodes": list{},
		"conditions": list{
			condition("Ready", "False", "NodesNotReady",
				"0 of 3 nodes are ready; 3 pods do not exist yet, `kubectl describe sts "+network+"-sts` tells what holds them up"),
			condition("Progressing", "True", "Scaling", "from 0 to 3 nodes"),
			condition("Degraded", "False", "AsExpected", "")}}}
}
