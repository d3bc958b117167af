using Cairn.Support;
using Xunit;

namespace Cairn.EndToEnd;

/// <summary>One running server for all tests of a class.</summary>
public sealed class CairnFixture : IAsyncLifetime
{
    public RunningCairn Cairn { get; private set; } = null!;

    public async Task InitializeAsync() => Cairn = await RunningCairn.StartAsync();

    public async Task DisposeAsync() => await Cairn.DisposeAsync();
}
