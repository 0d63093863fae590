/* Where another phone listens, as a person types it or a QR code carries it: `192.168.43.1:48110`. */
package cn.lastmile.shim.peer

/** A numeric IPv4 address of a local network and a port. Names are not looked up: there is nobody to ask. */
data class PeerAddress(val host: String, val port: Int) {
    override fun toString(): String = "$host:$port"

    companion object {
        private val form = Regex("""(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3}):(\d{1,5})""")

        /**
         * Reads it. Throws [PeerTrouble.Address] for anything but a private, link-local or loopback address:
         * a code somebody holds up must not make this phone talk to the internet.
         */
        fun parse(text: String): PeerAddress {
            val match = form.matchEntire(text.trim()) ?: throw PeerTrouble.Address()
            val numbers = match.groupValues.drop(1).map { it.toInt() }
            val (a, b) = numbers
            val port = numbers.last()
            val local = a == 10 || a == 127 || (a == 172 && b in 16..31) || (a == 192 && b == 168) ||
                (a == 169 && b == 254)
            if (!local || numbers.take(4).any { it > 255 } || port !in 1..65_535) throw PeerTrouble.Address()
            return PeerAddress(numbers.take(4).joinToString("."), port)
        }
    }
}
