/* The services of the provider, each made with the store it belongs to. */
package cn.lastmile.shim.testkit.keystore

import java.security.Provider

internal class FakeKeystoreProvider(store: FakeKeystore) :
    Provider(ANDROID_KEY_STORE, "1", "a phone's key store, for tests") {

    init {
        offer("KeyStore", ANDROID_KEY_STORE) { FakeKeyStoreSpi(store) }
        offer("KeyPairGenerator", "EC") { FakePairGenerator(store) }
        offer("KeyGenerator", "AES") { FakeKeyGenerator(store) }
        offer("KeyFactory", "EC") { FakeKeyFactory(store) }
        offer("SecretKeyFactory", "AES") { FakeSecretKeyFactory(store) }
        offer("Signature", "SHA256withECDSA", PrivateHandle::class.java) { FakeSignature(store) }
        offer("Cipher", "AES/GCM/NoPadding", SecretHandle::class.java) { FakeGcmCipher(store) }
    }

    private fun offer(type: String, algorithm: String, key: Class<*>? = null, make: () -> Any) =
        putService(Offer(this, type, algorithm, key, make))

    /** [key]: the only keys it takes, so that all others go on to the JDK's own providers. */
    private class Offer(
        provider: Provider,
        type: String,
        algorithm: String,
        private val key: Class<*>?,
        private val make: () -> Any,
    ) : Provider.Service(provider, type, algorithm, make.javaClass.name, null, null) {
        override fun newInstance(parameter: Any?): Any = make()

        override fun supportsParameter(parameter: Any?): Boolean = key == null || key.isInstance(parameter)
    }
}
