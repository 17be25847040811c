/** Policies that between them use every kind of rule, as arguments. */
export const namedPolicies: Record<string, string> = {
	"linkerd-defaults":
		"-p 4143 -o 4140 -u 2102 --inbound-ports-to-ignore 4190,4191,4567,4568 --outbound-ports-to-ignore 4567,4568",
	"linkerd-cni-defaults": "-p 4143 -o 4140 -u 2102 --inbound-ports-to-ignore 4191,4190",
	"no-proxy-identity": "-p 4143 -o 4140",
	"listed-ports": "-p 4143 -o 4140 -u 2102 -g 2102 -r 80,443 --outbound-ports-to-redirect 80,8000-8080",
	"many-ports": `-p 4143 -o 4140 -u 2102 --inbound-ports-to-ignore ${Array.from({ length: 20 }, (_, i) => (i % 3 ? 1000 + i : `${2000 + i * 10}-${2005 + i * 10}`)).join(",")}`,
	subnets:
		"-p 4143 -o 4140 -u 2102 --subnets-to-ignore 10.0.0.0/8,172.16.5.4/12,0.0.0.0/0,fd00::/8 --outbound-subnets-to-ignore 192.168.0.0/16,2001:DB8::/32,::/0",
	"interfaces-and-users":
		"-p 4143 -o 4140 -u 2102 --inbound-interfaces-to-ignore eth1 --outbound-interfaces-to-ignore eth1,net0 --uids-to-ignore 0,1000",
	"ipv4-alone": "-p 4143 -o 4140 -u 2102 --ipv6=false",
};
