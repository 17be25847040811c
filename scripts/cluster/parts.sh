# shellcheck shell=bash disable=SC2154
# The programs of a cluster and how each is called. All of them are those that a cluster of many nodes runs.

parts=(etcd containerd kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy)

part() { # NAME: begins it
	local pki=$state/pki known addresses
	mapfile -t known < <(as "$1")
	case $1 in
	etcd)
		# Nothing here outlives the machine, so nothing waits for its disk.
		begin etcd "$debian/etcd/usr/bin/etcd" --name node --data-dir "$state/etcd" --unsafe-no-fsync --log-level warn \
			--listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
			--listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 \
			--initial-cluster node=http://127.0.0.1:2380
		;;
	containerd)
		containerd_configuration >"$state/containerd.toml"
		begin containerd env PATH="$path" LD_LIBRARY_PATH="$(libraries)" "$containerd_bin/containerd" --config "$state/containerd.toml"
		;;
	kube-apiserver) api_server ;;
	kube-controller-manager)
		begin kube-controller-manager "$state/bin/kube-controller-manager" \
			"${known[@]}" --bind-address=127.0.0.1 --leader-elect=false --use-service-account-credentials=true \
			--service-account-private-key-file="$pki/accounts.key" --root-ca-file="$pki/ca.crt" \
			--cluster-signing-cert-file="$pki/ca.crt" --cluster-signing-key-file="$pki/ca.key" \
			--allocate-node-cidrs=true --cluster-cidr="$pods" --service-cluster-ip-range="$services"
		;;
	kube-scheduler)
		begin kube-scheduler "$state/bin/kube-scheduler" "${known[@]}" --bind-address=127.0.0.1 --leader-elect=false
		;;
	kubelet)
		kubelet_configuration >"$state/kubelet.yaml"
		addresses=$(IFS=, && echo "${node_addresses[*]}")
		begin kubelet env PATH="$path" "$state/bin/kubelet" --config="$state/kubelet.yaml" --kubeconfig="$pki/kubelet.kubeconfig" \
			--root-dir="$state/kubelet" --hostname-override="$node" --node-ip="$addresses"
		;;
	kube-proxy)
		proxy_configuration >"$state/kube-proxy.yaml"
		begin kube-proxy "$state/bin/kube-proxy" --config="$state/kube-proxy.yaml" --hostname-override="$node"
		;;
	*) refuse PART "$1" "one of ${parts[*]}" ;;
	esac
}

as() { # PART: the flags with which it asks the API server, and has it judge who asks the part; one a line
	printf -- "--%skubeconfig=$state/pki/$1.kubeconfig\n" "" authentication- authorization-
}

libraries() { # where runc finds its own
	local folders=("$debian/runc"/usr/lib/*-linux-gnu)
	echo "${folders[0]}"
}

api_server() {
	local pki=$state/pki audit=()
	if [ "$CLUSTER_AUDIT" = yes ]; then
		audit_policy >"$state/audit.yaml"
		audit=(--audit-policy-file="$state/audit.yaml" --audit-log-path="$state/log/audit.log")
	fi
	begin kube-apiserver "$state/bin/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 \
		--advertise-address="$server_address" --bind-address="$any" --secure-port=6443 --service-cluster-ip-range="$services" \
		--tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" --client-ca-file="$pki/ca.crt" \
		--kubelet-client-certificate="$pki/apiserver-kubelet-client.crt" --kubelet-client-key="$pki/apiserver-kubelet-client.key" \
		--kubelet-certificate-authority="$pki/ca.crt" --kubelet-preferred-address-types=InternalIP \
		--requestheader-client-ca-file="$pki/front-proxy-ca.crt" --requestheader-allowed-names=front-proxy-client \
		--requestheader-username-headers=X-Remote-User --requestheader-group-headers=X-Remote-Group \
		--requestheader-extra-headers-prefix=X-Remote-Extra- \
		--proxy-client-cert-file="$pki/front-proxy-client.crt" --proxy-client-key-file="$pki/front-proxy-client.key" \
		--authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged=true \
		--service-account-issuer=https://kubernetes.default.svc.cluster.local \
		--service-account-key-file="$pki/accounts.pub" --service-account-signing-key-file="$pki/accounts.key" "${audit[@]}"
}

until_true() { # SECONDS PART CONDITION…: waits, and says what the part wrote where it does not come true
	local seconds=$1 name=$2 end
	shift 2
	end=$((SECONDS + seconds))
	until "$@" >/dev/null 2>&1; do
		if [ "$SECONDS" -gt "$end" ] || ! alive "$name"; then
			echo "$name does not get ready. The end of $state/log/$name.log:" >&2
			tail -n 20 "$state/log/$name.log" >&2
			return 1
		fi
		sleep 0.3
	done
}
