import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { runInject, runUninject } from "../../test/support/inject-manifests.ts";
import type { Json, JsonObject } from "./json.ts";
import { targetsOf } from "./workload.ts";

const pod = { metadata: { labels: { app: "a" } }, spec: { containers: [{ name: "app", image: "app:1" }] } };
const annotated = {
	...pod,
	metadata: { ...pod.metadata, annotations: { "shunt.dev/inject": "enabled" } },
};

/** An object of a kind, with `make` put to its spec. */
function objectOf(apiVersion: string, kind: string, spec: Json): JsonObject {
	return { apiVersion, kind, metadata: { name: "x" }, spec };
}

function inject(object: JsonObject, ...flags: string[]) {
	const text = JSON.stringify(object);
	const { stdout, stderr, status } = runInject([...flags, "-"], text);
	return { value: stdout === "" ? undefined : parse(stdout), text: stdout, report: stderr, status };
}

describe("kinds that are not Kubernetes' own", () => {
	/** A spec with a pod template in it. */
	const whole: readonly (readonly [string, string, (template: Json) => Json])[] = [
		["argoproj.io/v1alpha1", "Rollout", (template) => ({ template })],
		["apps.kruise.io/v1alpha1", "CloneSet", (template) => ({ template })],
		["apps.kruise.io/v1beta1", "StatefulSet", (template) => ({ template })],
		["apps.kruise.io/v1alpha1", "DaemonSet", (template) => ({ template })],
		["apps.kruise.io/v1alpha1", "BroadcastJob", (template) => ({ template })],
		[
			"apps.kruise.io/v1alpha1",
			"AdvancedCronJob",
			(template) => ({ schedule: "* * * * *", template: { broadcastJobTemplate: { spec: { template } } } }),
		],
		[
			"apps.kruise.io/v1alpha1",
			"UnitedDeployment",
			(template) => ({ template: { cloneSetTemplate: { spec: { template } } } }),
		],
		["apps.openshift.io/v1", "DeploymentConfig", (template) => ({ template })],
		["batch.volcano.sh/v1alpha1", "Job", (template) => ({ tasks: [{ name: "a", template }] })],
		[
			"jobset.x-k8s.io/v1alpha2",
			"JobSet",
			(template) => ({ replicatedJobs: [{ name: "a", template: { spec: { template } } }] }),
		],
		[
			"trainer.kubeflow.org/v1alpha1",
			"ClusterTrainingRuntime",
			(template) => ({ template: { spec: { replicatedJobs: [{ template: { spec: { template } } }] } } }),
		],
		["game.kruise.io/v1alpha1", "GameServerSet", (template) => ({ gameServerTemplate: template })],
		["sources.knative.dev/v1", "ContainerSource", (template) => ({ template })],
		["argoproj.io/v1alpha1", "Experiment", (template) => ({ templates: [{ name: "a", template }] })],
		["keda.sh/v1alpha1", "ScaledJob", (template) => ({ jobTargetRef: { template } })],
		["kubeflow.org/v1", "PyTorchJob", (template) => ({ pytorchReplicaSpecs: { Worker: { template } } })],
		["ray.io/v1", "RayCluster", (template) => ({ headGroupSpec: { template } })],
	];

	it.each(whole)("%s %s is annotated, injected, and itself again", (apiVersion, kind, specOf) => {
		const object = objectOf(apiVersion, kind, specOf(pod));
		expect(inject(object)).toMatchObject({
			status: 0,
			value: objectOf(apiVersion, kind, specOf(annotated)),
			report: `${kind.toLowerCase()}/x annotated\n\n1 annotated\n`,
		});
		const manual = inject(object, "--manual");
		expect(manual.text).toContain('"shunt-init"');
		expect(parse(runUninject(["-"], manual.text).stdout)).toEqual(object);
		expect(parse(runUninject(["-"], inject(object).text).stdout)).toEqual(object);
	});

	it.each(["Service", "Configuration"])("Knative's %s is annotated, but takes no containers here", (kind) => {
		const object = objectOf("serving.knative.dev/v1", kind, { template: pod });
		expect(inject(object).value).toEqual(objectOf("serving.knative.dev/v1", kind, { template: annotated }));
		expect(inject(object, "--manual")).toMatchObject({
			value: object,
			report: expect.stringMatching(/\/x skipped: Knative takes no such containers/),
		});
	});

	it.each([
		["GameServer", { template: pod }, { template: annotated }],
		["Fleet", { template: { spec: { template: pod } } }, { template: { spec: { template: annotated } } }],
	])("Agones' %s is annotated, but takes no containers here", (kind, spec, then) => {
		const object = objectOf("agones.dev/v1", kind, spec);
		expect(inject(object).value).toEqual(objectOf("agones.dev/v1", kind, then));
		expect(inject(object, "--manual")).toMatchObject({
			value: object,
			report: expect.stringMatching(/\/x skipped: Agones may take no second container/),
		});
	});

	it("that keep a template elsewhere than in a spec are named too", () => {
		const template = {
			apiVersion: "template.openshift.io/v1",
			kind: "Template",
			metadata: { name: "x" },
			objects: [{ apiVersion: "apps/v1", kind: "Deployment", spec: { template: pod } }],
		};
		expect(inject(template).report).toMatch(
			/^template\/x skipped: .*see objects\.0\.spec\.template\.spec\.containers/,
		);
		expect(inject({ ...template, objects: [], status: { template: pod } }).report).toBe("1 passed through\n");
	});

	it("with several templates have each of them injected, and named", () => {
		const head = { headGroupSpec: { template: pod } };
		const ray = objectOf("ray.io/v1", "RayCluster", {
			...head,
			workerGroupSpecs: [{ template: pod }, { template: { spec: { hostNetwork: true } } }],
		});
		const { value, report } = inject(ray);
		expect(value.spec.headGroupSpec.template).toEqual(annotated);
		expect(value.spec.workerGroupSpecs[0].template).toEqual(annotated);
		expect(report.split("\n").slice(0, 3)).toEqual([
			"raycluster/x (spec.headGroupSpec.template) annotated",
			"raycluster/x (spec.workerGroupSpecs.0.template) annotated",
			expect.stringMatching(/^raycluster\/x \(spec\.workerGroupSpecs\.1\.template\) skipped: hostNetwork/),
		]);
		const leaders = { leaderWorkerTemplate: { leaderTemplate: pod, workerTemplate: pod } };
		const group = objectOf("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", leaders);
		expect(inject(group, "--manual").report).toContain("2 injected");
		expect(parse(runUninject(["-"], inject(group, "--manual").text).stdout)).toEqual(group);
	});

	it.each([
		[
			"argoproj.io/v1alpha1",
			"Rollout",
			{ workloadRef: { name: "web" } },
			/the workload that spec\.workloadRef/,
		],
		["argoproj.io/v1alpha1", "Rollout", {}, /it has no pod template/],
		["argoproj.io/v1alpha1", "Workflow", { templates: [] }, /at spec\.podMetadata\.annotations/],
		["kafka.strimzi.io/v1", "Kafka", { kafka: {} }, /at spec\.kafka\.template\.pod\.metadata\.annotations/],
		["kafka.strimzi.io/v1", "KafkaConnect", {}, /at spec\.template\.pod\.metadata\.annotations/],
		["kubevirt.io/v1", "VirtualMachine", { template: pod }, /at spec\.template\.metadata\.annotations/],
		["monitoring.coreos.com/v1", "Prometheus", {}, /at spec\.podMetadata\.annotations/],
		[
			"example.com/v1",
			"Thing",
			{ deep: [{ template: pod }] },
			/how a Thing of example\.com makes pods is not known/,
		],
		["example.com/v1", "Thing", { podTemplate: {} }, /see spec\.podTemplate/],
		["example.com/v1", "Only", { podTemplate: {} }, /how an Only of example\.com/],
		[
			"work.example.com/v1",
			"ManifestWork",
			{ a: { b: { c: { d: { e: { f: { g: { h: { template: pod } } } } } } } } },
			/see spec\.a\.b\.c\.d\.e\.f\.g\.h\.template\.spec\.containers/,
		],
		["apps.kruise.io/v1beta1", "SidecarSet", { initContainers: [] }, /puts containers into pods of other/],
		["serving.knative.dev/v1", "Revision", pod.spec, /at metadata\.annotations/],
		["kubeflow.org/v1", "Notebook", { template: pod }, /at metadata\.annotations/],
		["serving.kserve.io/v1beta1", "InferenceService", { predictor: {} }, /at metadata\.annotations/],
		["argoproj.io/v1alpha1", "Sensor", {}, /at spec\.template\.metadata\.annotations/],
		["triggers.tekton.dev/v1beta1", "EventListener", {}, /at spec\.resources\.kubernetesResource\.spec\./],
		["pool.kubevirt.io/v1alpha1", "VirtualMachinePool", {}, /at spec\.virtualMachineTemplate\.spec\./],
		["rabbitmq.com/v1beta1", "RabbitmqCluster", {}, /at spec\.override\.statefulSet\.spec\.template\./],
		["opentelemetry.io/v1beta1", "OpenTelemetryCollector", {}, /at spec\.podAnnotations/],
		["trainer.kubeflow.org/v1alpha1", "TrainJob", { trainer: {} }, /the runtime that spec\.runtimeRef names/],
		["elasticsearch.k8s.elastic.co/v1", "Elasticsearch", { nodeSets: [] }, /at podTemplate\.metadata\./],
		["kibana.k8s.elastic.co/v1", "Kibana", { count: 1 }, /at spec\.podTemplate\.metadata\.annotations/],
		["acid.zalan.do/v1", "postgresql", { numberOfInstances: 2 }, /at spec\.podAnnotations/],
		["databases.spotahome.com/v1", "RedisFailover", {}, /at spec\.redis\.podAnnotations and spec\.sentinel/],
		["dragonflydb.io/v1alpha1", "Dragonfly", { replicas: 2 }, /at spec\.annotations/],
		["operator.victoriametrics.com/v1beta1", "VMAgent", {}, /at spec\.podMetadata\.annotations/],
	])("are passed over with a reason: %s %s %j", (apiVersion, kind, spec, reason) => {
		const object = objectOf(apiVersion, kind, spec);
		for (const flags of [[], ["--manual"]]) {
			const { value, report, status } = inject(object, ...flags);
			expect({ value, status }).toEqual({ value: object, status: 0 });
			expect(report).toMatch(new RegExp(`/x skipped: .*${reason.source}.*\n\n1 skipped\n$`));
		}
	});

	it.each([
		["networking.istio.io/v1", "VirtualService", { http: [{ route: [{ destination: { host: "a" } }] }] }],
		["apiextensions.k8s.io/v1", "CustomResourceDefinition", { podTemplate: {} }],
		["example.com/v1", "Thing", { containers: ["a", "b"], template: "text" }],
		["apps/v1", "ControllerRevision", { template: pod }],
		["constructor/v1", "toString", {}],
	])("that have nothing to do with pods are no lines: %s %s", (apiVersion, kind, spec) => {
		expect(inject(objectOf(apiVersion, kind, spec)).report).toBe("1 passed through\n");
	});
});

describe("a namespace", () => {
	const namespace = (labels: JsonObject) => ({
		apiVersion: "v1",
		kind: "Namespace",
		metadata: { name: "n", labels },
	});

	it("that the webhook's selector leaves out is not annotated, since that would do nothing", () => {
		const closed = namespace({ "shunt.dev/inject": "disabled" });
		const { value, report } = inject(closed);
		expect(value).toEqual(closed);
		expect(report).toContain("namespace/n skipped: label shunt.dev/inject: disabled says so\n");
	});

	it.each(["istio.io/dataplane-mode: ambient", "istio-injection: enabled"])(
		"of another mesh is annotated with a warning: %s",
		(label) => {
			const [name = "", value = ""] = label.split(": ");
			const { report } = inject(namespace({ [name]: value }));
			expect(report).toContain("namespace/n annotated\n");
			expect(report).toContain(`warning: label ${name} asks for Istio's redirection too`);
		},
	);
});

describe("a typed list", () => {
	const items = (...objects: JsonObject[]) => ({ metadata: {}, items: objects });
	const bare = { metadata: { name: "x" }, spec: { template: pod } };

	it("holds what it says, whether its items repeat that or not", () => {
		const list = { apiVersion: "apps/v1", kind: "DeploymentList" };
		const named = { ...bare, apiVersion: "apps/v1", kind: "StatefulSet" };
		const { value, report } = inject({ ...list, ...items(bare, named) });
		expect(report).toBe("deployment/x annotated\nstatefulset/x annotated\n\n2 annotated\n");
		expect(value.items).toEqual([
			{ ...bare, spec: { template: annotated } },
			{ ...named, spec: { template: annotated } },
		]);
	});

	it.each([
		["v1", "PodList", pod, "pod/unnamed"],
		["batch/v1", "JobList", bare, "job/x"],
		["argoproj.io/v1alpha1", "RolloutList", bare, "rollout/x"],
	])("is taken of every kind: %s %s", (apiVersion, kind, item, label) => {
		expect(inject({ apiVersion, kind, ...items(item) }).report).toContain(`${label} annotated`);
		const text = inject({ apiVersion, kind, ...items(item) }, "--manual").text;
		expect(parse(runUninject(["-"], text).stdout)).toEqual({ apiVersion, kind, ...items(item) });
	});

	it("of namespaces is one of namespaces", () => {
		const list = { apiVersion: "v1", kind: "NamespaceList", ...items({ metadata: { name: "team" } }) };
		expect(inject(list).report).toContain("namespace/team annotated");
	});

	it.each([
		[7, 'items: "7" has the wrong form (want a list)'],
		[{ a: 1 }, 'items: "{\\"a\\":1}" has the wrong form (want a list)'],
		["x", 'items: "\\"x\\"" has the wrong form (want a list)'],
		[[pod, 7], 'items[1]: "7" has the wrong form (want an object)'],
		[[pod, null], 'items[1]: "null" has the wrong form (want an object)'],
		[[[pod]], "items[0]: "],
	])("is refused where kubectl does not take it apart: %j", (items, complaint) => {
		for (const list of [
			{ apiVersion: "v1", kind: "List", items },
			{ apiVersion: "v1", kind: "PodList", items },
		] as JsonObject[]) {
			for (const { stdout, stderr, status } of [
				runInject(["-"], JSON.stringify(list)),
				runInject(["--manual", "-o", "yaml", "-"], stringify(list)),
				runUninject(["-"], stringify(list)),
			]) {
				expect({ stdout, status }).toEqual({ stdout: "", status: 64 });
				expect(stderr).toContain(`${list["kind"]}/unnamed refused\n`.toLowerCase());
				expect(stderr).toContain(complaint);
			}
		}
	});

	it("may hold nothing, and a List does not say what it holds", () => {
		expect(targetsOf({ apiVersion: "apps/v1", kind: "DeploymentList", items: [] })).toEqual([]);
		expect(inject({ apiVersion: "v1", kind: "List", items: null })).toMatchObject({
			report: "1 passed through\n",
			status: 0,
		});
		expect(inject({ apiVersion: "v1", kind: "List", items: [bare] }).report).toBe("1 passed through\n");
	});
});
