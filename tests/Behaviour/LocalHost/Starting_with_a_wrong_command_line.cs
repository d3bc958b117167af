using System.Net.Sockets;
using Cairn.LocalHost.Hosting;
using Cairn.Storage;
using Xunit;

namespace Cairn.Behaviour.LocalHost;

public sealed class Starting_with_a_wrong_command_line
{
    [Theory]
    [InlineData("--nosuch", "there is no such option")]
    [InlineData("extra", "there is no such option")]
    [InlineData("--port", "needs a value")]
    [InlineData("--port --data", "needs a value")]
    [InlineData("--port 7071 --data", "needs a value")]
    public void Is_told_what_is_wrong(string line, string says) =>
        Assert.Contains(says, StartFailures.Mistake(line.Split(' ')), StringComparison.Ordinal);

    [Theory]
    [InlineData("--port 7071")]
    [InlineData("--port=7071 --data=./x")]
    [InlineData("--urls http://0.0.0.0:8080 --data /tmp/x")]
    public void Is_not_bothered_when_nothing_is(string line) => Assert.Null(StartFailures.Mistake(line.Split(' ')));

    [Fact]
    public void Is_told_what_to_do_about_the_surroundings()
    {
        var taken = new IOException("Failed to bind to address http://127.0.0.1:7071: address already in use.", new SocketException((int)SocketError.AddressAlreadyInUse));
        Assert.EndsWith("Choose another with --port.", StartFailures.Sentence(taken), StringComparison.Ordinal);
        Assert.EndsWith("Choose another with --data.", StartFailures.Sentence(new UnauthorizedAccessException("Access to '/x' is denied.")), StringComparison.Ordinal);
        Assert.EndsWith("Choose another with --data.", StartFailures.Sentence(new StorageUnavailableException("in use by another process.")), StringComparison.Ordinal);
        Assert.Null(StartFailures.Sentence(new InvalidCastException("a fault of ours")));
    }
}
