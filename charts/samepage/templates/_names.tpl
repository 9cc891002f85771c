{{/* Samepage is once in a cluster, as its kinds are: the names do not depend on the release. */}}

{{- define "samepage.labels" -}}
app.kubernetes.io/part-of: samepage
app.kubernetes.io/version: {{ .Chart.AppVersion }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/instance: {{ .Release.Name }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
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
{{ .Values.image.repository }}{{ with .Values.image.digest }}@{{ . }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}
