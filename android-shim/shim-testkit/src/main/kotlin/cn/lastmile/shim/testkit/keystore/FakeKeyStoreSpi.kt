/* The list of keys: asking for one, and removing it. Keys come in by generating only. */
package cn.lastmile.shim.testkit.keystore

import java.io.InputStream
import java.io.OutputStream
import java.security.Key
import java.security.KeyStoreException
import java.security.KeyStoreSpi
import java.security.cert.Certificate
import java.util.Collections
import java.util.Date
import java.util.Enumeration

internal class FakeKeyStoreSpi(private val store: FakeKeystore) : KeyStoreSpi() {
    override fun engineGetKey(alias: String, password: CharArray?): Key? = store.entries[alias]?.let {
        if (it.pair != null) PrivateHandle(alias) else SecretHandle(alias)
    }

    override fun engineGetCertificateChain(alias: String): Array<Certificate>? =
        store.entries[alias]?.certificate?.let { arrayOf(it) }

    override fun engineGetCertificate(alias: String): Certificate? = store.entries[alias]?.certificate
    override fun engineGetCreationDate(alias: String): Date? = null
    override fun engineAliases(): Enumeration<String> = Collections.enumeration(store.entries.keys.toList())
    override fun engineContainsAlias(alias: String) = alias in store.entries
    override fun engineSize() = store.entries.size
    override fun engineIsKeyEntry(alias: String) = alias in store.entries
    override fun engineIsCertificateEntry(alias: String) = false
    override fun engineGetCertificateAlias(cert: Certificate?): String? = null
    override fun engineLoad(stream: InputStream?, password: CharArray?) = Unit
    override fun engineStore(stream: OutputStream?, password: CharArray?) = Unit

    override fun engineDeleteEntry(alias: String) {
        store.entries.remove(alias)
    }

    override fun engineSetKeyEntry(
        alias: String?,
        key: Key?,
        password: CharArray?,
        chain: Array<Certificate>?,
    ) = throw KeyStoreException("no imports")

    override fun engineSetKeyEntry(alias: String?, key: ByteArray?, chain: Array<Certificate>?) =
        throw KeyStoreException("no imports")

    override fun engineSetCertificateEntry(alias: String?, cert: Certificate?) =
        throw KeyStoreException("no imports")
}
