#!/bin/sh
# Says what each node of kubernetes is for. Run it with an administrator's KUBECONFIG once the nodes are there;
# a second time does no harm.
set -eu
kubectl label node --overwrite 'node-role.kubernetes.io/control-plane=' master1
kubectl label node --overwrite 'node-role.kubernetes.io/etcd=' master1
kubectl label node --overwrite 'node-role.kubernetes.io/worker=' worker1
kubectl label node --overwrite 'node.kubernetes.io/exclude-from-external-load-balancers=' master1
