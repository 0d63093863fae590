// See ../settings.gradle.kts. JNA comes as AAR with shim-android; here it is only compiled against.
plugins {
    alias(libs.plugins.kotlin.jvm)
}

kotlin {
    jvmToolchain(17)
}

dependencies {
    api(libs.coroutines)
    compileOnly(libs.jna)
}
