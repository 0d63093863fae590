// See settings.gradle.kts. Versions: gradle/libs.versions.toml, held equal to pom.xml by VersionsTest.
plugins {
    alias(libs.plugins.android.application) apply false
    alias(libs.plugins.android.library) apply false
    alias(libs.plugins.kotlin.android) apply false
    alias(libs.plugins.kotlin.jvm) apply false
}
