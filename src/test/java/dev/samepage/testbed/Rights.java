package dev.samepage.testbed;

import dev.samepage.testbed.AuditLog.Request;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleRef;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What the roles that are bound to one service account by name allow it, one by one. What every service account may do, such as
 * reading the API server's version, is not among it.
 *
 * @param user as the audit log names it: {@code system:serviceaccount:NAMESPACE:NAME}
 */
public record Rights(String user, Set<Right> granted) {

    /**
     * Reads them from manifests.
     *
     * @param objects roles and bindings; others do not matter
     * @throws IllegalArgumentException if a role that is bound is not among them, or allows more than can be told one by one
     */
    public static Rights of(String namespace, String serviceAccount, Collection<? extends HasMetadata> objects) {
        Set<Right> granted = new LinkedHashSet<>();
        for (HasMetadata object : objects) {
            switch (object) {
                case ClusterRoleBinding binding
                when names(binding.getSubjects(), namespace, serviceAccount) ->
                    granted.addAll(rights(rules(binding.getRoleRef(), "", objects), ""));
                case RoleBinding binding
                when names(binding.getSubjects(), namespace, serviceAccount) -> {
                    String where = binding.getMetadata().getNamespace();
                    granted.addAll(rights(rules(binding.getRoleRef(), where, objects), where));
                }
                default -> {
                    // Says nothing about this service account.
                }
            }
        }
        return new Rights("system:serviceaccount:%s:%s".formatted(namespace, serviceAccount), granted);
    }

    /** Reads them from a cluster, whatever installed them. */
    public static Rights in(KubernetesClient client, String namespace, String serviceAccount) {
        var rbac = client.rbac();
        return of(
                namespace,
                serviceAccount,
                Stream.of(
                                rbac.clusterRoles().list().getItems(),
                                rbac.clusterRoleBindings().list().getItems(),
                                rbac.roles().inAnyNamespace().list().getItems(),
                                rbac.roleBindings().inAnyNamespace().list().getItems())
                        .<HasMetadata>flatMap(Collection::stream)
                        .toList());
    }

    /** What was granted and none of these requests needed. */
    public List<Right> unusedBy(Collection<Request> requests) {
        List<Request> own = requests.stream().filter(this::isOwn).toList();
        return granted.stream()
                .filter(right -> own.stream().noneMatch(right::isUsedBy))
                .toList();
    }

    /** Those of the service account's requests that were forbidden, by RBAC or by admission. */
    public List<Request> refusedAmong(Collection<Request> requests) {
        return requests.stream()
                .filter(this::isOwn)
                .filter(Request::isForbidden)
                .toList();
    }

    private boolean isOwn(Request request) {
        return user.equals(request.user());
    }

    private static boolean names(Collection<Subject> subjects, String namespace, String serviceAccount) {
        return subjects.stream()
                .anyMatch(subject -> subject.getKind().equals("ServiceAccount")
                        && serviceAccount.equals(subject.getName())
                        && namespace.equals(subject.getNamespace()));
    }

    private static List<PolicyRule> rules(RoleRef wanted, String namespace, Collection<? extends HasMetadata> objects) {
        Predicate<HasMetadata> isWanted =
                object -> object.getMetadata().getName().equals(wanted.getName());
        return objects.stream()
                .filter(isWanted)
                .flatMap(object -> switch (object) {
                    case ClusterRole role when wanted.getKind().equals("ClusterRole") -> Stream.of(role.getRules());
                    case Role role
                    when wanted.getKind().equals("Role")
                            && namespace.equals(role.getMetadata().getNamespace()) -> Stream.of(role.getRules());
                    default -> Stream.empty();
                })
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "%s %s is bound, and not there".formatted(wanted.getKind(), wanted.getName())));
    }

    private static List<Right> rights(List<PolicyRule> rules, String namespace) {
        List<Right> rights = new ArrayList<>();
        for (PolicyRule rule : rules) {
            if (!rule.getNonResourceURLs().isEmpty()
                    || Stream.of(rule.getApiGroups(), rule.getResources(), rule.getVerbs())
                            .anyMatch(words -> words.stream().anyMatch(word -> word.contains("*")))) {
                throw new IllegalArgumentException("%s of %s on %s (%s) cannot be told one by one"
                        .formatted(
                                rule.getVerbs(), rule.getResources(), rule.getApiGroups(), rule.getNonResourceURLs()));
            }
            List<String> names = rule.getResourceNames().isEmpty() ? List.of("") : rule.getResourceNames();
            for (String group : rule.getApiGroups()) {
                for (String resource : rule.getResources()) {
                    for (String verb : rule.getVerbs()) {
                        names.forEach(name -> rights.add(right(verb, group, resource, namespace, name)));
                    }
                }
            }
        }
        return rights;
    }

    /** @param resource with its subresource, as in ksmnodes/status */
    private static Right right(String verb, String group, String resource, String namespace, String name) {
        int slash = resource.indexOf('/');
        return slash < 0
                ? new Right(verb, group, resource, "", namespace, name)
                : new Right(verb, group, resource.substring(0, slash), resource.substring(slash + 1), namespace, name);
    }
}
