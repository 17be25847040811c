#!/bin/bash
# certificates.sh FOLDER SERVER NODE NAME…: a cluster's authorities, certificates and kubeconfigs, as kubeadm names them.
# https://kubernetes.io/docs/setup/best-practices/certificates/. NAMEs are what else the API server is called by: addresses.
set -euo pipefail

folder=$1 server=$2 node=$3
shift 3
umask 077
mkdir -p "$folder"
cd "$folder"

new_key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
authority() { # NAME
	openssl req -x509 "${new_key[@]}" -days 3650 -subj "/CN=$1" -keyout "$1.key" -out "$1.crt" \
		-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
}
certificate() { # NAME SUBJECT AUTHORITY [ALTERNATIVE NAMES]
	openssl req "${new_key[@]}" -subj "$2" -keyout "$1.key" -out "$1.csr" 2>/dev/null
	printf '%s\n' "keyUsage=digitalSignature" "extendedKeyUsage=serverAuth,clientAuth" ${4:+"subjectAltName=$4"} |
		openssl x509 -req -in "$1.csr" -CA "$3.crt" -CAkey "$3.key" -CAcreateserial -days 3650 -extfile /dev/stdin -out "$1.crt" 2>/dev/null
	rm "$1.csr"
}
kubeconfig() { # NAME
	cat >"$1.kubeconfig" <<-END
	apiVersion: v1
	kind: Config
	clusters: [{name: shunt, cluster: {server: "$server", certificate-authority: "$folder/ca.crt"}}]
	users: [{name: "$1", user: {client-certificate: "$folder/$1.crt", client-key: "$folder/$1.key"}}]
	contexts: [{name: shunt, context: {cluster: shunt, user: "$1"}}]
	current-context: shunt
	END
}

names=IP:127.0.0.1,DNS:localhost
for address in "$@"; do names=$names,IP:$address; done
service=kubernetes
for part in "" .default .svc .cluster.local; do
	service=$service$part
	names=$names,DNS:$service
done
authority ca
authority front-proxy-ca
certificate apiserver /CN=kube-apiserver ca "$names"
certificate apiserver-kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client ca
certificate front-proxy-client /CN=front-proxy-client front-proxy-ca
certificate kubelet "/O=system:nodes/CN=system:node:$node" ca "DNS:$node,$names"
certificate admin /O=system:masters/CN=admin ca
for part in kube-controller-manager kube-scheduler kube-proxy; do certificate "$part" "/CN=system:$part" ca; done
for part in admin kubelet kube-controller-manager kube-scheduler kube-proxy; do kubeconfig "$part"; done
openssl genrsa -out accounts.key 2048 2>/dev/null
openssl rsa -in accounts.key -pubout -out accounts.pub 2>/dev/null
