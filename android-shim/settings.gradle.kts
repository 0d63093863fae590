// For people who have the Android SDK; the project itself is built and tested by pom.xml, and this build
// has not been run there. Nothing here is needed for `mvn verify`.
pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositories {
        google()
        mavenCentral()
    }
}

rootProject.name = "android-shim"
include(":shim-core", ":shim-android", ":officer-app")
