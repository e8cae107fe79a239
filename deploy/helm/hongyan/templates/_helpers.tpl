{{- define "hongyan.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "hongyan.labels" -}}
app.kubernetes.io/part-of: hongyan
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "hongyan.secret" -}}
{{ required "secret: name the Secret that holds HONGYAN_SHARE_SECRET and the stores' (docs/operations/helm.md)" .Values.secret }}
{{- end }}

{{- /* What every pod has: no links of services, whose variables would be taken for settings of ours. */}}
{{- define "hongyan.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - name: settings
    configMap: {name: {{ .Release.Name }}-settings}
  - name: tmp
    emptyDir: {medium: Memory, sizeLimit: 64Mi}
{{- end }}

{{- /* What every container has. */}}
{{- define "hongyan.container" -}}
image: {{ include "hongyan.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
envFrom:
  - secretRef: {name: {{ include "hongyan.secret" . }}}
volumeMounts:
  - {name: settings, mountPath: /etc/hongyan, readOnly: true}
  - {name: tmp, mountPath: /tmp}
{{- end }}
