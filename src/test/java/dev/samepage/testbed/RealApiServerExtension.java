package dev.samepage.testbed;

/** One server for all test classes. */
final class RealApiServerExtension extends RealPart<ApiServer> {
    RealApiServerExtension() {
        super(ApiServer.class, ApiServer::start, ApiServer::close);
    }
}
