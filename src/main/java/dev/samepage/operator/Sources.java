package dev.samepage.operator;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmPolicy;
import dev.samepage.policy.NodeFacts;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.javaoperatorsdk.operator.api.config.informer.FieldSelector;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSourceStartPriority;
import io.javaoperatorsdk.operator.processing.event.source.SecondaryToPrimaryMapper;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.TransformingItemStore;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** What the reconcilers watch beside their own kind: everything of a kind, in caches as small as can be. */
final class Sources {
    /** As many objects are asked for at a time when a cache is filled. */
    static final long PAGE = 500;

    private Sources() {}

    /** KsmPolicies; changes of their spec, and their coming and going, concern what {@code concerned} says. */
    static <P extends HasMetadata> InformerEventSource<KsmPolicy, P> policies(
            EventSourceContext<P> context, SecondaryToPrimaryMapper<KsmPolicy> concerned) {
        return source(
                KsmPolicy.class,
                context,
                withoutManagedFields(),
                Sources::wantsSomethingElse,
                concerned,
                (before, now) -> {},
                gone -> {});
    }

    /** KsmNodes; whatever {@code matters} accepts, and their coming and going, concern what {@code concerned} says. */
    static <P extends HasMetadata> InformerEventSource<KsmNode, P> ksmNodes(
            EventSourceContext<P> context,
            OnUpdateFilter<KsmNode> matters,
            SecondaryToPrimaryMapper<KsmNode> concerned) {
        return ksmNodes(context, matters, concerned, (before, now) -> {}, gone -> {});
    }

    /**
     * The same, and {@code seen} is given every change, before and after, whether it matters or not, and {@code gone} each one that is
     * deleted, both before anybody is told of that.
     */
    static <P extends HasMetadata> InformerEventSource<KsmNode, P> ksmNodes(
            EventSourceContext<P> context,
            OnUpdateFilter<KsmNode> matters,
            SecondaryToPrimaryMapper<KsmNode> concerned,
            BiConsumer<KsmNode, KsmNode> seen,
            Consumer<KsmNode> gone) {
        var source = source(KsmNode.class, context, onlyWhenWritten(), matters, concerned, seen, gone);
        // Others ask this cache when they are told of something, so it has to be there first.
        source.setEventSourcePriority(EventSourceStartPriority.RESOURCE_STATE_LOADER);
        return source;
    }

    /** Nodes; changes of what matters of one concern what {@code concerned} says, and {@code seen} is given every change, before and after. */
    static <P extends HasMetadata> InformerEventSource<Node, P> nodes(
            EventSourceContext<P> context, SecondaryToPrimaryMapper<Node> concerned, BiConsumer<Node, Node> seen) {
        return source(Node.class, context, new NodeStore(), Sources::isAnotherNode, concerned, seen, gone -> {});
    }

    /** The agents' ServiceAccount, no other; its coming and going concerns what {@code concerned} says. */
    static <P extends HasMetadata> InformerEventSource<ServiceAccount, P> agentsAccount(
            EventSourceContext<P> context, String namespace, SecondaryToPrimaryMapper<ServiceAccount> concerned) {
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(ServiceAccount.class, context.getPrimaryResourceClass())
                        .withName(nameOf(ServiceAccount.class))
                        .withNamespaces(namespace)
                        .withFieldSelector(new FieldSelector(
                                new FieldSelector.Field("metadata.name", AgentReconciler.SERVICE_ACCOUNT)))
                        .withOnUpdateFilter((now, before) -> false)
                        .withSecondaryToPrimaryMapper(concerned)
                        .withPrimaryToSecondaryMapper(primary -> Set.<ResourceID>of())
                        .build(),
                context);
    }

    /** Everything of a kind that {@code context}'s reconciler watches through one of these sources. */
    static <R extends HasMetadata, P extends HasMetadata> InformerEventSource<R, P> of(
            Class<R> kind, Context<P> context) {
        return (InformerEventSource<R, P>) context.eventSourceRetriever().getEventSourceFor(kind, nameOf(kind));
    }

    /** Everything of a kind in that cache. */
    static <R extends HasMetadata> List<R> all(Class<R> kind, Context<?> context) {
        return of(kind, context).list().toList();
    }

    static boolean wantsSomethingElse(HasMetadata now, HasMetadata before) {
        return !Objects.equals(
                        now.getMetadata().getGeneration(), before.getMetadata().getGeneration())
                || now.isMarkedForDeletion() != before.isMarkedForDeletion();
    }

    static boolean isAnotherNode(Node now, Node before) {
        return !NodeFacts.of(now).equals(NodeFacts.of(before));
    }

    private static <R extends HasMetadata, P extends HasMetadata> InformerEventSource<R, P> source(
            Class<R> kind,
            EventSourceContext<P> context,
            ItemStore<R> store,
            OnUpdateFilter<? super R> matters,
            SecondaryToPrimaryMapper<R> concerned,
            BiConsumer<R, R> seen,
            Consumer<R> gone) {
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(kind, context.getPrimaryResourceClass())
                        .withName(nameOf(kind))
                        .withItemStore(store)
                        .withInformerListLimit(PAGE)
                        .withOnUpdateFilter(matters)
                        .withSecondaryToPrimaryMapper(concerned)
                        // Keeps JOSDK from indexing what concerns whom: it changes without the secondary changing.
                        .withPrimaryToSecondaryMapper(primary -> Set.<ResourceID>of())
                        .build(),
                context) {
            @Override
            public void onUpdate(R before, R now) {
                seen.accept(before, now);
                super.onUpdate(before, now);
            }

            @Override
            public void onDelete(R last, boolean isStateUnknown) {
                gone.accept(last);
                super.onDelete(last, isStateUnknown);
            }
        };
    }

    private static <R extends HasMetadata> ItemStore<R> withoutManagedFields() {
        return new TransformingItemStore<>(object -> {
            object.getMetadata().setManagedFields(List.of());
            return object;
        });
    }

    /** Of the managed fields, by far the most of a KsmNode, it keeps only when which half was written. */
    private static ItemStore<KsmNode> onlyWhenWritten() {
        return new TransformingItemStore<>(ksmNode -> {
            ksmNode.getMetadata()
                    .setManagedFields(ksmNode.getMetadata().getManagedFields().stream()
                            .map(entry -> new ManagedFieldsEntryBuilder()
                                    .withSubresource(entry.getSubresource())
                                    .withTime(entry.getTime())
                                    .build())
                            .toList());
            return ksmNode;
        });
    }

    private static String nameOf(Class<?> kind) {
        return kind.getSimpleName();
    }
}
