using Azure.Core;
using Cairn.Cloud;
using Cairn.Storage;
using Cairn.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cairn.Behaviour.Storage;

/// <summary>One Azurite for all tests that need an account's key.</summary>
public sealed class AzuriteAccount : IAsyncLifetime
{
    Azurite azurite = null!;

    /// <summary>The app's own registration of its stores, over a container of this test.</summary>
    public ServiceProvider Connect(string container) => Stores.Connect(new() { ["Storage"] = azurite.ConnectionString, ["Storage:container"] = container });

    public async Task InitializeAsync() => azurite = await Azurite.StartAsync();

    public async Task DisposeAsync() => await azurite.DisposeAsync();
}

/// <summary>One Azurite over https for all tests that need tokens.</summary>
public sealed class AzuriteWithTokens : IAsyncLifetime
{
    Azurite azurite = null!;

    public UnsignedTokens Tokens { get; } = new();

    public ServiceProvider Connect(string container) => Stores.Connect(
        new() { ["Storage:blobServiceUri"] = azurite.Blobs.AbsoluteUri, ["Storage:tableServiceUri"] = azurite.Tables.AbsoluteUri, ["Storage:container"] = container },
        services => services.AddSingleton<TokenCredential>(Tokens).AddSingleton(Azurite.TrustingTransport()));

    public async Task InitializeAsync() => azurite = await Azurite.StartAsync(withTokens: true);

    public async Task DisposeAsync() => await azurite.DisposeAsync();
}

public sealed class Keeping_blobs_in_Azurite(AzuriteAccount account) : BlobStoreContract, IClassFixture<AzuriteAccount>, IDisposable
{
    readonly ServiceProvider services = account.Connect(Stores.NewName());

    protected override IBlobStore Store => services.GetRequiredService<IBlobStore>();

    public void Dispose() => services.Dispose();
}

public sealed class Keeping_rows_in_Azurite(AzuriteAccount account) : TableStoreContract, IClassFixture<AzuriteAccount>, IDisposable
{
    readonly ServiceProvider services = account.Connect("unused");

    protected override ITableStore Store => services.GetRequiredService<ITableStore>();

    protected override string Table { get; } = Stores.NewName();

    protected override bool CountsJson => true;

    public void Dispose() => services.Dispose();
}

public sealed class Keeping_blobs_in_Azurite_by_token(AzuriteWithTokens account) : BlobStoreContract, IClassFixture<AzuriteWithTokens>, IDisposable
{
    readonly ServiceProvider services = account.Connect(Stores.NewName());

    protected override IBlobStore Store => services.GetRequiredService<IBlobStore>();

    public void Dispose() => services.Dispose();

    [Fact]
    public async Task Tokens_are_asked_for_storage()
    {
        await PutAsync("a", "b");
        Assert.Equal(["https://storage.azure.com/.default"], account.Tokens.Scopes);
    }
}

public sealed class Keeping_rows_in_Azurite_by_token(AzuriteWithTokens account) : TableStoreContract, IClassFixture<AzuriteWithTokens>, IDisposable
{
    readonly ServiceProvider services = account.Connect("unused");

    protected override ITableStore Store => services.GetRequiredService<ITableStore>();

    protected override string Table { get; } = Stores.NewName();

    protected override bool CountsJson => true;

    public void Dispose() => services.Dispose();
}

/// <summary>The stores as the app registers them on Azure.</summary>
static class Stores
{
    /// <summary>A name for a container or table that no other test has.</summary>
    public static string NewName() => $"t{Guid.NewGuid():N}";

    public static ServiceProvider Connect(Dictionary<string, string?> settings, Action<IServiceCollection>? configure = null)
    {
        settings["EventHubs:fullyQualifiedNamespace"] = "unused";
        var services = new ServiceCollection();
        services.AddCloud(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        configure?.Invoke(services);
        return services.BuildServiceProvider();
    }
}
