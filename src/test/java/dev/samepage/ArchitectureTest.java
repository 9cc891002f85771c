package dev.samepage;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noCodeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** Which room may use which, and what must stay out of it. */
@AnalyzeClasses(packages = "dev.samepage", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    /** Every package, with those of the others that it may use. */
    private static final Map<String, Set<String>> MAY_USE = Map.of(
            "api", Set.of(),
            "kernel", Set.of(),
            "tuning", Set.of("kernel"),
            "policy", Set.of("api"),
            "agent", Set.of("api", "kernel", "tuning"),
            "operator", Set.of("api", "policy"),
            "cli", Set.of("api", "kernel", "tuning", "policy", "agent", "operator"));

    private static final DescribedPredicate<JavaClass> INPUT_AND_OUTPUT = resideInAnyPackage(
                    "java.io",
                    "java.nio..",
                    "java.net..",
                    "java.util.concurrent..",
                    "javax.net..",
                    "sun..",
                    "com.sun..")
            .and(not(DescribedPredicate.describe("an exception", type -> type.isAssignableTo(Throwable.class))))
            .and(not(JavaClass.Predicates.type(java.io.Serializable.class)))
            .or(JavaClass.Predicates.assignableTo(Thread.class))
            .or(JavaClass.Predicates.type(Process.class))
            .or(JavaClass.Predicates.type(ProcessBuilder.class))
            .as("files, streams, sockets or threads");

    private static final DescribedPredicate<JavaClass> OPTIONAL = JavaClass.Predicates.belongToAnyOf(
                    Optional.class, OptionalInt.class, OptionalLong.class, OptionalDouble.class)
            .as("Optional");

    @ArchTest
    static void everyPackageUsesOnlyThoseThatItMay(JavaClasses classes) {
        new TreeMap<>(MAY_USE).forEach((name, others) -> {
            String[] allowed = Stream.concat(Stream.of(name), others.stream())
                    .map(ArchitectureTest::in)
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage(in(name))
                    .should()
                    .dependOnClassesThat(resideInAPackage("dev.samepage..").and(not(resideInAnyPackage(allowed))))
                    .check(classes);
        });
    }

    @ArchTest
    static void everyPackageIsInTheTable(JavaClasses classes) {
        assertThat(classes.stream().map(JavaClass::getPackageName).collect(Collectors.toSet()))
                .containsExactlyInAnyOrderElementsOf(MAY_USE.keySet().stream()
                        .map(name -> "dev.samepage." + name)
                        .toList());
    }

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("dev.samepage.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule decisionsDoNoInputAndOutput = noClasses()
            .that()
            .resideInAnyPackage(in("policy"), in("tuning"))
            .should()
            .dependOnClassesThat(INPUT_AND_OUTPUT);

    @ArchTest
    static final ArchRule tuningKnowsOfTheKernelOnlyItsValues = noClasses()
            .that()
            .resideInAPackage(in("tuning"))
            .should()
            .dependOnClassesThat(resideInAPackage(in("kernel"))
                    .and(not(DescribedPredicate.describe(
                            "records and enums", type -> type.isRecord() || type.isEnum()))));

    @ArchTest
    static final ArchRule theKernelKnowsNothingOfKubernetes = noClasses()
            .that()
            .resideInAnyPackage(in("kernel"), in("tuning"))
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.fabric8..", "com.fasterxml..", "io.quarkus..", "jakarta.."));

    @ArchTest
    static final ArchRule theAgentIsAPlainProgram = noClasses()
            .that()
            .resideInAnyPackage(in("agent"), in("api"), in("policy"))
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.quarkus..", "io.javaoperatorsdk..", "jakarta..", "picocli.."));

    /** The child process that un-merges says by its standard output how it went. */
    @ArchTest
    static final ArchRule onlyCommandsPrint = noClasses()
            .that()
            .resideOutsideOfPackage(in("cli"))
            .and()
            .doNotHaveFullyQualifiedName("dev.samepage.kernel.UnmergeChild")
            .should(ACCESS_STANDARD_STREAMS);

    @ArchTest
    static final ArchRule everyNameSaysWhatItIs =
            noClasses().should().haveNameMatching(".*(Util|Utils|Helper|Helpers|Manager|Impl)");

    @ArchTest
    static final ArchRule absentIsOptionalAsAReturnValueOnly = CompositeArchRule.of(noFields()
                    .that()
                    .doNotHaveModifier(JavaModifier.SYNTHETIC)
                    .should()
                    .haveRawType(OPTIONAL))
            .and(noCodeUnits()
                    .that()
                    .doNotHaveModifier(JavaModifier.SYNTHETIC)
                    .should()
                    .haveRawParameterTypes(
                            DescribedPredicate.anyElementThat(OPTIONAL).as("with an Optional")))
            .because("what may be absent elsewhere is @Nullable, and NullAway makes sure that it is asked for");

    /** The tests' packages too. */
    @ArchTest
    static void everyPackageIsNullMarked(JavaClasses classes) {
        JavaClasses withTests = new ClassFileImporter().importPackages("dev.samepage");
        List<String> unmarked = withTests.stream()
                .map(JavaClass::getPackage)
                .distinct()
                .filter(each -> !each.isAnnotatedWith(NullMarked.class))
                .map(JavaPackage::getName)
                .toList();

        assertThat(unmarked).isEmpty();
    }

    private static String in(String name) {
        return "dev.samepage." + name + "..";
    }
}
