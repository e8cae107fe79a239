// Command check renders the chart with Helm's own engine and decodes every document strictly as the type of Kubernetes that it
// names: a field that the type does not have, or of another type, fails. Usage: check CHART
package main

import (
	"fmt"
	"os"
	"sort"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/kubernetes/scheme"
)

// Values that operators give; the last two are to be refused.
var cases = []struct {
	name    string
	values  string
	refused string
}{
	{"defaults", "secret: hongyan", ""},
	{"all", `
secret: hongyan
image: {tag: 1.2.3, pullSecrets: [registry]}
javaOptions: -Xmx1g
nodeSelector: {disk: ssd}
tolerations: [{key: im, operator: Exists, effect: NoSchedule}]
service: {type: LoadBalancer}
ingress: {enabled: true, className: nginx, host: im.example.org, tlsSecret: im-tls, annotations: {a: b}}
services: {gateway-ws: {replicas: 3, port: 10001, resources: {limits: {memory: 1Gi}}, javaOptions: -Xmx700m}}
`, ""},
	{"no secret", "image: {tag: 1.2.3}", "HONGYAN_SHARE_SECRET"},
	{"a service that is none", "{secret: s, services: {rpc-third: {replicas: 1}}}", "rpc-third"},
	{"a tag that moves", "{secret: s, image: {tag: latest}}", "tag"},
}

func main() {
	loaded, err := loader.Load(os.Args[1])
	if err != nil {
		fail("the chart cannot be loaded: %v", err)
	}
	for _, each := range cases {
		count, err := check(loaded, each.values)
		switch {
		case each.refused == "" && err != nil:
			fail("%s: %v", each.name, err)
		case each.refused != "" && (err == nil || !strings.Contains(err.Error(), each.refused)):
			fail("%s: is to be refused with %q, but: %v", each.name, each.refused, err)
		case each.refused != "":
			fmt.Printf("helm: %s: refused\n", each.name)
		default:
			fmt.Printf("helm: %s: %d sound documents\n", each.name, count)
		}
	}
}

func check(loaded *chart.Chart, text string) (int, error) {
	values, err := chartutil.ReadValues([]byte(text))
	if err != nil {
		return 0, err
	}
	release := chartutil.ReleaseOptions{Name: "im", Namespace: "im", Revision: 1, IsInstall: true}
	// Holds the values to values.schema.json as well.
	all, err := chartutil.ToRenderValues(loaded, values, release, chartutil.DefaultCapabilities)
	if err != nil {
		return 0, err
	}
	files, err := engine.Render(loaded, all)
	if err != nil {
		return 0, err
	}
	decoder := serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer()
	names := map[string]bool{}
	for _, file := range sorted(files) {
		if !strings.HasSuffix(file, ".yaml") {
			continue
		}
		for _, document := range strings.Split(files[file], "\n---") {
			if strings.TrimSpace(withoutComments(document)) == "" {
				continue
			}
			object, kind, err := decoder.Decode([]byte(document), nil, nil)
			if err != nil {
				return 0, fmt.Errorf("%s: %w\n%s", file, err, document)
			}
			named, ok := object.(interface{ GetName() string })
			if !ok || named.GetName() == "" || names[kind.Kind+"/"+named.GetName()] {
				return 0, fmt.Errorf("%s: a %s without a name of its own", file, kind.Kind)
			}
			names[kind.Kind+"/"+named.GetName()] = true
		}
	}
	return len(names), nil
}

func withoutComments(document string) string {
	var kept []string
	for _, line := range strings.Split(document, "\n") {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

func sorted(files map[string]string) []string {
	var names []string
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func fail(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, "helm: "+format+"\n", arguments...)
	os.Exit(1)
}
