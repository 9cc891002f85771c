{{/* The agent, as the operator applies it while there is a policy, or a node that is not yet released. */}}
{{- define "samepage.agent" -}}
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: samepage-agent
  labels:
    app.kubernetes.io/name: samepage-agent
    app.kubernetes.io/component: agent
    app.kubernetes.io/part-of: samepage
    app.kubernetes.io/version: {{ include "samepage.version" . | quote }}
spec:
  revisionHistoryLimit: 3
  # Immutable: no version, and nothing else that an upgrade changes.
  selector:
    matchLabels:
      app.kubernetes.io/name: samepage-agent
  updateStrategy:
    type: RollingUpdate
    rollingUpdate:
      maxUnavailable: 10%
  template:
    metadata:
      labels:
        app.kubernetes.io/name: samepage-agent
        app.kubernetes.io/component: agent
        app.kubernetes.io/part-of: samepage
        app.kubernetes.io/version: {{ include "samepage.version" . | quote }}
      annotations:
        kubectl.kubernetes.io/default-container: agent
    spec:
      serviceAccountName: samepage-agent
      automountServiceAccountToken: true
      enableServiceLinks: false
      priorityClassName: system-node-critical
      # A round under way is given 20 s to end.
      terminationGracePeriodSeconds: 30
      nodeSelector:
        kubernetes.io/os: linux
        {{- with .Values.agent.nodeSelector }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with .Values.agent.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: agent
          image: {{ include "samepage.image" . | quote }}
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          command: [java, '@/samepage/agent']
          args:
            - --node
            - $(NODE_NAME)
            - --ksm
            - /host/{{ ternary "ksm" "mm/ksm" .Values.hardened }}
            - --proc
            - /host/proc
            - --cgroup
            - /host/cgroup
            - --state
            - /run/samepage
          env:
            - name: NODE_NAME
              valueFrom:
                fieldRef:
                  apiVersion: v1
                  fieldPath: spec.nodeName
          ports:
            - name: http
              containerPort: 9753
          # Two minutes for a start on a busy node; 1 s on an idle one.
          startupProbe:
            httpGet:
              path: /healthz
              port: http
            periodSeconds: 2
            timeoutSeconds: 5
            failureThreshold: 60
          # Fails only where a restart helps: not while the loop hangs in the host's files, which it says by not being ready.
          livenessProbe:
            httpGet:
              path: /healthz
              port: http
            periodSeconds: 20
            timeoutSeconds: 5
            failureThreshold: 3
          readinessProbe:
            httpGet:
              path: /readyz
              port: http
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 3
          # 88 MiB resident, and a second small process while memory is un-merged; 0.4 % of a core, 1.6 % while ksmd works.
          resources:
            {{- toYaml .Values.agent.resources | nindent 12 }}
          securityContext:
            runAsUser: 0
            runAsGroup: 0
            readOnlyRootFilesystem: true
            privileged: {{ not .Values.hardened }}
            {{- if .Values.hardened }}
            # The kernel lets uid 0 write KSM's files without any capability. CAP_DAC_READ_SEARCH is for /proc/PID/ksm_stat, which only
            # the guest's own user may read.
            allowPrivilegeEscalation: false
            capabilities:
              drop: [ALL]
              add: [DAC_READ_SEARCH]
            seccompProfile:
              type: RuntimeDefault
            {{- end }}
            {{- with .Values.agent.seLinuxType }}
            seLinuxOptions:
              type: {{ . }}
            {{- end }}
          volumeMounts:
            - name: ksm
              mountPath: /host/{{ ternary "ksm" "mm" .Values.hardened }}
            - name: proc
              mountPath: /host/proc
              readOnly: true
              # What is mounted below /proc too, such as binfmt_misc, where kernel and container runtime can do that.
              recursiveReadOnly: IfPossible
            - name: cgroup
              mountPath: /host/cgroup
              readOnly: true
              recursiveReadOnly: IfPossible
            - name: state
              mountPath: /run/samepage
            - name: tmp
              mountPath: /tmp
      volumes:
        {{- if .Values.hardened }}
        # Only this directory: its neighbours, such as transparent_hugepage, are writable for uid 0 too. Where the kernel has no KSM
        # the pod does not start. Mounted outside /sys, where AppArmor's default profile allows no writes.
        - name: ksm
          hostPath:
            path: /sys/kernel/mm/ksm
            type: Directory
        {{- else }}
        # The directory above ksm: a pod does not start where what it mounts is missing, and it is to say that a kernel has no KSM.
        - name: ksm
          hostPath:
            path: /sys/kernel/mm
        {{- end }}
        - name: proc
          hostPath:
            path: /proc
        # The memory limits of guests, which giving their pages back must not exceed.
        - name: cgroup
          hostPath:
            path: /sys/fs/cgroup
        # Survives the pod, not the boot: exactly as long as what the agent has changed in the kernel.
        - name: state
          hostPath:
            path: /run/samepage
            type: DirectoryOrCreate
        - name: tmp
          emptyDir:
            sizeLimit: 16Mi
{{- end }}
