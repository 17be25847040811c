import { get, isArray, isObject, type Json, type JsonObject } from "./json.ts";

/** A way from an object to a pod template; `*` stands for each item of a list and for each key of a map. */
export type TemplatePath = readonly string[];

/** A kind that is not Kubernetes' own and makes pods. */
export type ForeignKind =
	| {
			/** Each a whole PodTemplateSpec, whose annotations its controller hands on to the pods. */
			readonly templates: readonly TemplatePath[];
			/** Why containers cannot be added to them here, where that is so; the webhook still adds them to the pods. */
			readonly annotateOnly?: string;
			/** A field that stands in place of a template. */
			readonly insteadOf?: string;
	  }
	/** It has no such template: where its pods' annotations are set. */
	| { readonly annotationsAt: string }
	/** Others make the pods that it seems to describe. */
	| { readonly notItsPods: string };

const template: TemplatePath = ["spec", "template"];
const ofTemplate: ForeignKind = { templates: [template] };
const annotationsAt = (place: string): ForeignKind => ({ annotationsAt: place });
const replicas = (key: string): ForeignKind => ({ templates: [["spec", key, "*", "template"]] });
const rayCluster = (...way: string[]): ForeignKind => ({
	templates: [
		["spec", ...way, "headGroupSpec", "template"],
		["spec", ...way, "workerGroupSpecs", "*", "template"],
	],
});

/** Serving's webhook takes init containers and most fields of a pod only behind feature flags (config-features). */
const knative: ForeignKind = {
	templates: [template],
	annotateOnly:
		"Knative takes no such containers in it: without --manual it is annotated, and its pods injected",
};

/** A JobSet's template in it. */
const trainingRuntime: ForeignKind = {
	templates: [["spec", "template", "spec", "replicatedJobs", "*", "template", "spec", "template"]],
};

/** With several containers it wants to be told which is the game's (spec.container). */
const agones = (...way: string[]): ForeignKind => ({
	templates: [["spec", ...way, "template"]],
	annotateOnly:
		"Agones may take no second container in it: without --manual it is annotated, and its pods injected",
});

const unitedTemplates = [
	"statefulSetTemplate",
	"advancedStatefulSetTemplate",
	"cloneSetTemplate",
	"deploymentTemplate",
].map((key): TemplatePath => ["spec", "template", key, "spec", "template"]);

const tekton = annotationsAt("metadata.annotations of its TaskRuns or PipelineRuns");
const strimzi = annotationsAt("spec.template.pod.metadata.annotations");
const prometheus = annotationsAt("spec.podMetadata.annotations");
const elastic = annotationsAt("spec.podTemplate.metadata.annotations");
const victoria = annotationsAt("spec.podMetadata.annotations");
const workflow = annotationsAt("spec.podMetadata.annotations");
const argoEvents = annotationsAt("spec.template.metadata.annotations");
const machine = annotationsAt("spec.template.metadata.annotations");

/** By API group, as the projects' own API definitions and documentation have it. */
export const foreignKinds: Readonly<Record<string, Readonly<Record<string, ForeignKind>>>> = {
	"argoproj.io": {
		Rollout: { templates: [template], insteadOf: "spec.workloadRef" },
		Workflow: workflow,
		WorkflowTemplate: workflow,
		ClusterWorkflowTemplate: workflow,
		CronWorkflow: annotationsAt("spec.workflowSpec.podMetadata.annotations"),
		Experiment: { templates: [["spec", "templates", "*", "template"]] },
		EventSource: argoEvents,
		Sensor: argoEvents,
	},
	"apps.kruise.io": {
		CloneSet: ofTemplate,
		StatefulSet: ofTemplate,
		DaemonSet: ofTemplate,
		BroadcastJob: ofTemplate,
		AdvancedCronJob: {
			templates: ["jobTemplate", "broadcastJobTemplate"].map((key) => [
				"spec",
				"template",
				key,
				"spec",
				"template",
			]),
		},
		UnitedDeployment: { templates: unitedTemplates },
		SidecarSet: {
			notItsPods: "it puts containers into pods of other objects, which are injected themselves",
		},
	},
	"game.kruise.io": { GameServerSet: { templates: [["spec", "gameServerTemplate"]] } },
	"apps.openshift.io": { DeploymentConfig: ofTemplate },
	"serving.knative.dev": {
		Service: knative,
		Configuration: knative,
		Revision: annotationsAt("metadata.annotations"),
	},
	"sources.knative.dev": { ContainerSource: ofTemplate },
	"agones.dev": {
		GameServer: agones(),
		GameServerSet: agones("template", "spec"),
		Fleet: agones("template", "spec"),
	},
	"batch.volcano.sh": {
		Job: { templates: [["spec", "tasks", "*", "template"]] },
		CronJob: { templates: [["spec", "jobTemplate", "spec", "tasks", "*", "template"]] },
	},
	"jobset.x-k8s.io": {
		JobSet: { templates: [["spec", "replicatedJobs", "*", "template", "spec", "template"]] },
	},
	"leaderworkerset.x-k8s.io": {
		LeaderWorkerSet: {
			templates: ["leaderTemplate", "workerTemplate"].map((key) => ["spec", "leaderWorkerTemplate", key]),
		},
	},
	"keda.sh": { ScaledJob: { templates: [["spec", "jobTargetRef", "template"]] } },
	"kubeflow.org": {
		PyTorchJob: replicas("pytorchReplicaSpecs"),
		TFJob: replicas("tfReplicaSpecs"),
		MPIJob: replicas("mpiReplicaSpecs"),
		XGBoostJob: replicas("xgbReplicaSpecs"),
		PaddleJob: replicas("paddleReplicaSpecs"),
		JAXJob: replicas("jaxReplicaSpecs"),
		Notebook: annotationsAt("metadata.annotations"),
	},
	"trainer.kubeflow.org": {
		TrainingRuntime: trainingRuntime,
		ClusterTrainingRuntime: trainingRuntime,
		TrainJob: { notItsPods: "its pods are made from the template of the runtime that spec.runtimeRef names" },
	},
	"serving.kserve.io": { InferenceService: annotationsAt("metadata.annotations") },
	"ray.io": {
		RayCluster: rayCluster(),
		RayJob: rayCluster("rayClusterSpec"),
		RayService: rayCluster("rayClusterConfig"),
	},
	"kafka.strimzi.io": {
		Kafka: annotationsAt("spec.kafka.template.pod.metadata.annotations"),
		KafkaNodePool: strimzi,
		KafkaConnect: strimzi,
		KafkaBridge: strimzi,
		KafkaMirrorMaker: strimzi,
		KafkaMirrorMaker2: strimzi,
	},
	"monitoring.coreos.com": {
		Prometheus: prometheus,
		PrometheusAgent: prometheus,
		Alertmanager: prometheus,
		ThanosRuler: prometheus,
	},
	"kubevirt.io": {
		VirtualMachine: machine,
		VirtualMachineInstanceReplicaSet: machine,
		VirtualMachineInstance: annotationsAt("metadata.annotations"),
	},
	"pool.kubevirt.io": {
		VirtualMachinePool: annotationsAt("spec.virtualMachineTemplate.spec.template.metadata.annotations"),
	},
	"sparkoperator.k8s.io": {
		SparkApplication: annotationsAt("spec.driver.annotations and spec.executor.annotations"),
		ScheduledSparkApplication: annotationsAt(
			"spec.template.driver.annotations and spec.template.executor.annotations",
		),
	},
	"tekton.dev": { Task: tekton, TaskRun: tekton, Pipeline: tekton, PipelineRun: tekton, ClusterTask: tekton },
	"triggers.tekton.dev": {
		EventListener: annotationsAt("spec.resources.kubernetesResource.spec.template.metadata.annotations"),
	},
	"rabbitmq.com": {
		RabbitmqCluster: annotationsAt("spec.override.statefulSet.spec.template.metadata.annotations"),
	},
	"opentelemetry.io": { OpenTelemetryCollector: annotationsAt("spec.podAnnotations") },
	"flink.apache.org": { FlinkDeployment: annotationsAt("spec.podTemplate.metadata.annotations") },
	"postgresql.cnpg.io": { Cluster: annotationsAt("spec.inheritedMetadata.annotations") },
	"acid.zalan.do": { postgresql: annotationsAt("spec.podAnnotations") },
	"postgres-operator.crunchydata.com": { PostgresCluster: annotationsAt("spec.metadata.annotations") },
	"elasticsearch.k8s.elastic.co": {
		Elasticsearch: annotationsAt("podTemplate.metadata.annotations of each of spec.nodeSets"),
	},
	"kibana.k8s.elastic.co": { Kibana: elastic },
	"logstash.k8s.elastic.co": { Logstash: elastic },
	"apm.k8s.elastic.co": { ApmServer: elastic },
	"databases.spotahome.com": {
		RedisFailover: annotationsAt("spec.redis.podAnnotations and spec.sentinel.podAnnotations"),
	},
	"dragonflydb.io": { Dragonfly: annotationsAt("spec.annotations") },
	"mongodbcommunity.mongodb.com": {
		MongoDBCommunity: annotationsAt("spec.statefulSet.spec.template.metadata.annotations"),
	},
	"grafana.integreatly.org": {
		Grafana: annotationsAt("spec.deployment.spec.template.metadata.annotations"),
	},
	"operator.victoriametrics.com": {
		VMSingle: victoria,
		VMAgent: victoria,
		VMAlert: victoria,
		VMAlertmanager: victoria,
		VMAuth: victoria,
	},
};

/** What pod templates are called where they have a name of their own. */
const templateKeys = ["podTemplate", "podTemplateSpec", "podMetadata", "podAnnotations"];

/** Deeper than any operator puts a pod template, in a manifest that it carries for another cluster too. */
const maxDepth = 20;

/**
 * Where an object of an unknown kind seems to describe pods: containers with images, or a key that says so. Undefined
 * where nothing does.
 */
export function podsLookalike(object: JsonObject): string | undefined {
	const described = Object.keys(object).filter((key) => !["metadata", "status"].includes(key));
	for (const key of described) {
		const found = lookBelow(get(object, key), key, maxDepth);
		if (found !== undefined) {
			return found;
		}
	}
	return undefined;
}

function lookBelow(value: Json | undefined, place: string, depth: number): string | undefined {
	if (depth === 0 || !(isObject(value) || isArray(value))) {
		return undefined;
	}
	const here = isObject(value) ? sign(value) : undefined;
	if (here !== undefined) {
		return `${place}.${here}`;
	}
	for (const [key, child] of Object.entries<Json>(value)) {
		const found = lookBelow(child, `${place}.${key}`, depth - 1);
		if (found !== undefined) {
			return found;
		}
	}
	return undefined;
}

function sign(object: JsonObject): string | undefined {
	const key = templateKeys.find((name) => isObject(get(object, name)));
	return key ?? (hasContainers(object) ? "containers" : undefined);
}

function hasContainers(object: JsonObject): boolean {
	const containers = get(object, "containers");
	return (
		isArray(containers) &&
		containers.length > 0 &&
		containers.every((container) => isObject(container) && typeof get(container, "image") === "string")
	);
}
