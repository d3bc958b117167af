using Cairn.Support;
using Xunit;

namespace Cairn.EndToEnd.Startup;

public sealed class A_fresh_start
{
    /// <remarks>The promise is 1.5 s on a machine of its own; one that runs every suite at once gets four times that.</remarks>
    [Fact]
    public async Task Answers_its_first_request_soon()
    {
        await using var cairn = await RunningCairn.StartAsync();
        Assert.InRange(cairn.StartTook.TotalSeconds, 0, 6);
    }

    [Fact]
    public async Task Keeps_its_keys_where_only_its_owner_reads_them()
    {
        await using var cairn = await RunningCairn.StartAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(cairn.DataFolder, "keys.json")));
        Assert.Contains("signin?code=", cairn.Output, StringComparison.Ordinal);
    }
}
