{{/* Samepage is once in a cluster, as its kinds are: the names do not depend on the release. */}}

{{/* The version as labels and image tags can have it: without the + of semantic versions, and quoted where 1.10 would be a number. */}}
{{- define "samepage.version" -}}
{{ .Chart.AppVersion | replace "+" "_" }}
{{- end }}

{{- define "samepage.labels" -}}
app.kubernetes.io/part-of: samepage
app.kubernetes.io/version: {{ include "samepage.version" . | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/instance: {{ .Release.Name }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | quote }}
{{- end }}

{{- define "samepage.operator.labels" -}}
app.kubernetes.io/name: samepage-operator
app.kubernetes.io/component: operator
{{ include "samepage.labels" . }}
{{- end }}

{{- define "samepage.agent.labels" -}}
app.kubernetes.io/name: samepage-agent
app.kubernetes.io/component: agent
{{ include "samepage.labels" . }}
{{- end }}

{{- define "samepage.image" -}}
{{ .Values.image.repository }}{{ with .Values.image.digest }}@{{ . }}{{ else }}:{{ .Values.image.tag | default (include "samepage.version" .) }}{{ end }}
{{- end }}
