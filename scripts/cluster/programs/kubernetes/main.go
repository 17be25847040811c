// Command kubernetes is five programs of Kubernetes linked into one file, since they share most of their code: the API
// server, the controller manager, the scheduler, the kubelet and kube-proxy. It behaves as the one that it is called by
// (a link's name), or as its first argument names.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"

	// What the commands' own main packages import besides: the JSON log format, and their metrics of clients and versions.
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"

	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	kubeproxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

// command makes the one program of that name, or nil where there is none.
func command(name string) *cobra.Command {
	switch name {
	case "kube-apiserver":
		return apiserver.NewAPIServerCommand()
	case "kube-controller-manager":
		return controllermanager.NewControllerManagerCommand()
	case "kube-scheduler":
		return scheduler.NewSchedulerCommand()
	case "kubelet":
		return kubelet.NewKubeletCommand(context.Background())
	case "kube-proxy":
		return kubeproxy.NewProxyCommand()
	}
	return nil
}

func main() {
	chosen := command(filepath.Base(os.Args[0]))
	if chosen == nil && len(os.Args) > 1 {
		chosen = command(os.Args[1])
		os.Args = os.Args[1:]
	}
	if chosen == nil {
		fmt.Fprintln(os.Stderr, "kubernetes: name one of kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kube-proxy")
		os.Exit(2)
	}
	os.Exit(cli.Run(chosen))
}
