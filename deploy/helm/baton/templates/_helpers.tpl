{{/* What all parts share. */}}

{{- define "baton.name" -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{/* Of a part: baton.labels (dict "root" $ "part" "api") */}}
{{- define "baton.selector" -}}
app.kubernetes.io/name: baton
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "baton.labels" -}}
{{ include "baton.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{/* An image by its digest, or by its tag where that was allowed: (dict "root" $ "image" …) */}}
{{- define "baton.image" -}}
{{- $image := .image -}}
{{- if $image.digest -}}
{{ $image.repository }}@{{ $image.digest }}
{{- else if .root.Values.image.allowTag -}}
{{ $image.repository }}:{{ $image.tag | default .root.Chart.AppVersion }}
{{- else -}}
{{- fail (printf "image %s has no digest: set it (sha256:…), or image.allowTag=true where a tag will do" $image.repository) -}}
{{- end -}}
{{- end }}

{{/* Baton's image, as a part may have it otherwise: (dict "root" $ "own" .Values.api.image) */}}
{{- define "baton.ownImage" -}}
{{- $own := .own | default dict -}}
{{- $base := .root.Values.image -}}
{{- if $own.tag }}{{ $base = omit $base "digest" | merge (dict "digest" "") }}{{ end -}}
{{- include "baton.image" (dict "root" .root "image" (merge (dict) $own $base)) -}}
{{- end }}

{{- define "baton.databaseSecret" -}}
{{ if .Values.bundled.enabled }}{{ include "baton.name" . }}-bundled{{ else }}{{ .Values.secrets.database }}{{ end }}
{{- end }}

{{- define "baton.temporalAddress" -}}
{{ if .Values.bundled.enabled }}{{ include "baton.name" . }}-temporal:7233{{ else }}{{ .Values.temporal.address }}{{ end }}
{{- end }}

{{/* Of every pod. */}}
{{- define "baton.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{/* Of every container. */}}
{{- define "baton.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* Of every pod of Baton's programs: (dict "root" $ "part" "api" "of" .Values.api) */}}
{{- define "baton.podPlace" -}}
{{- $root := .root -}}
serviceAccountName: {{ include "baton.name" $root }}
automountServiceAccountToken: false
enableServiceLinks: false
# Workers let effects under way come to their end, for ten seconds.
terminationGracePeriodSeconds: 30
securityContext:
  {{- include "baton.podSecurity" . | nindent 2 }}
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $root.Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with (.of.nodeSelector | default $root.Values.nodeSelector) }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with (.of.tolerations | default $root.Values.tolerations) }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "baton.selector" . | nindent 8 }}
{{- end }}

{{/* Of every program: how it is started, who it is. (dict "root" $ "of" .Values.api "command" "dist/api/main.js") */}}
{{- define "baton.container" -}}
image: {{ include "baton.ownImage" (dict "root" .root "own" .of.image) }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
command: [node, --enable-source-maps, {{ join ", " .command }}]
securityContext:
  {{- include "baton.containerSecurity" . | nindent 2 }}
resources:
  {{- toYaml .of.resources | nindent 2 }}
{{- end }}

{{/* Variables of a program: those of all, then its own; what is set twice has the last. (dict "root" $ "own" (dict …) "of" .Values.api) */}}
{{- define "baton.environment" -}}
{{- $root := .root -}}
{{- $all := dict
  "TEMPORAL_ADDRESS" (include "baton.temporalAddress" $root)
  "TEMPORAL_NAMESPACE" $root.Values.temporal.namespace
  "BATON_TASK_QUEUE" $root.Values.taskQueue
  "BATON_HOST" "0.0.0.0"
  "BATON_INSECURE" "1"
-}}
{{- range $name, $value := mergeOverwrite $all .own $root.Values.config (.of.config | default dict) }}
- name: {{ $name }}
  value: {{ $value | toString | quote }}
{{- end }}
- name: DATABASE_URL
  valueFrom:
    secretKeyRef: { name: {{ include "baton.databaseSecret" $root }}, key: DATABASE_URL }
{{- with $root.Values.secrets.redis }}
- name: REDIS_URL
  valueFrom:
    secretKeyRef: { name: {{ . }}, key: REDIS_URL }
{{- end }}
{{- end }}

{{/* A change of the agents' files starts the pods that read them anew. */}}
{{- define "baton.annotations" -}}
checksum/agents: {{ toJson .Values.agents | sha256sum }}
{{- with .Values.podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end }}
