// See ../settings.gradle.kts. JNA comes as AAR with shim-android; here it is only compiled against.
plugins {
    alias(libs.plugins.kotlin.jvm)
}

kotlin {
    jvmToolchain(17)
    // The core's bindings, where the Maven build generates them.
    sourceSets.main {
        kotlin.srcDir("target/generated/bindings")
    }
}

dependencies {
    api(libs.coroutines)
    compileOnly(libs.jna)
}
