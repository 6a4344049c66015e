{{/* The name of everything in a release. */}}
{{- define "ttsgrains.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What selects the pods of a part: (list $ "silo") */}}
{{- define "ttsgrains.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ $root.Chart.Name }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "ttsgrains.labels" -}}
{{ include "ttsgrains.selector" . }}
{{- $root := index . 0 }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version }}
{{- end -}}

{{/* The labels of a pod beside those that select it: (list $ $part) */}}
{{- define "ttsgrains.podLabels" -}}
{{- $root := index . 0 -}}
{{- if $root.Values.azureWorkloadIdentity.clientId }}
azure.workload.identity/use: "true"
{{- end }}
{{- with (index . 1).podLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "ttsgrains.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "ttsgrains.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* (list $ "the image's name" "the tag that its part has of its own") */}}
{{- define "ttsgrains.image" -}}
{{- $root := index . 0 -}}
{{- with $root.Values.image.registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{ index . 1 }}:{{ coalesce (index . 2) $root.Values.image.tag $root.Chart.AppVersion }}
{{- end -}}

{{/* Seconds as the service reads a time. */}}
{{- define "ttsgrains.time" -}}
{{- $seconds := int . -}}
{{- printf "%02d:%02d:%02d" (div $seconds 3600) (div (mod $seconds 3600) 60) (mod $seconds 60) -}}
{{- end -}}

{{/*
A service that stops takes 30 s for itself beside what its settings say (StopTimes in src/Grains/Hosting); who kills it waits a little longer than that.
*/}}
{{- define "ttsgrains.siloGrace" -}}
{{- add (int .Values.silo.archiveDrainSeconds) 45 -}}
{{- end -}}

{{- define "ttsgrains.apiHostGrace" -}}
{{- add (int .Values.apiHost.preStopSeconds) (int .Values.apiHost.longestContextSeconds) 45 -}}
{{- end -}}

{{/* Settings as environment variables, the later ones win: (list $common $own) */}}
{{- define "ttsgrains.settings" -}}
{{- $all := dict -}}
{{- range . }}{{ $all = merge (deepCopy (default dict .)) $all }}{{ end -}}
{{- range $name, $value := $all }}
- name: {{ $name | replace ":" "__" }}
  value: {{ $value | quote }}
{{- end }}
{{- end -}}

{{/* What each process of the cluster is told. */}}
{{- define "ttsgrains.clusterEnv" -}}
- name: Cluster__Id
  value: {{ .Values.cluster.id | quote }}
- name: Cluster__ServiceId
  value: {{ .Values.cluster.serviceId | quote }}
- name: Cluster__Name
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
- name: Cluster__AdvertisedAddress
  valueFrom: {fieldRef: {fieldPath: status.podIP}}
{{- if .Values.cluster.tls.existingSecret }}
- name: Cluster__Tls__Certificate
  value: /etc/ttsgrains/cluster/tls.crt
- name: Cluster__Tls__Key
  value: /etc/ttsgrains/cluster/tls.key
- name: Cluster__Tls__Authority
  value: /etc/ttsgrains/cluster/ca.crt
{{- else }}
- name: Cluster__Tls__Off
  value: {{ .Values.cluster.tls.off | ternary "true" "" | required "cluster.tls: name existingSecret, or set off: true to do without TLS between the processes" | quote }}
{{- end }}
{{- if .Values.archiveEncryption.existingSecret }}
- name: Archive__Encryption__Mode
  value: "on"
- name: Archive__Encryption__Keys
  value: archive
- name: Archive__Encryption__MasterKeyFile
  value: /etc/ttsgrains/encryption/master-key
{{- end }}
{{- end -}}

{{- define "ttsgrains.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1654
runAsGroup: 1654
fsGroup: 1654
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "ttsgrains.containerSecurity" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* The probes of a process, by the port that answers about its health. A host that waits for its cluster is alive, and not ready. */}}
{{- define "ttsgrains.probes" -}}
startupProbe:
  httpGet: {path: /health/live, port: {{ . }}}
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /health/live, port: {{ . }}}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
readinessProbe:
  httpGet: {path: /health/ready, port: {{ . }}}
  periodSeconds: 3
  timeoutSeconds: 2
  failureThreshold: 2
{{- end -}}

{{/* Where the pods of a part go: (list $ "silo" $part) */}}
{{- define "ttsgrains.placement" -}}
{{- $part := index . 2 -}}
{{- with $part.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $part.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $part.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $part.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
topologySpreadConstraints:
{{- if $part.topologySpreadConstraints }}
  {{- toYaml $part.topologySpreadConstraints | nindent 2 }}
{{- else }}
{{- $selector := include "ttsgrains.selector" (list (index . 0) (index . 1)) }}
{{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- $selector | nindent 8 }}
{{- end }}
{{- end }}
{{- end -}}
