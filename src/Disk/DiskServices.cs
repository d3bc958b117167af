using Cairn.Disk.Blobs;
using Cairn.Disk.Tables;
using Cairn.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cairn.Disk;

/// <summary>The stores of one machine.</summary>
public static class DiskServices
{
    /// <summary>Blobs under <c>{dataFolder}/blobs</c>, tables in <c>{dataFolder}/tables.db</c>; the folder is made, and kept for this process, at first use.</summary>
    public static IServiceCollection AddDiskStores(this IServiceCollection services, string dataFolder)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IFileLayer>(FileLayer.Real);
        services.AddSingleton(new MachineFolder(Path.GetFullPath(dataFolder)));
        services.AddSingleton(_ => new DataFolderLock(dataFolder));
        services.AddSingleton<IBlobStore>(provider => OpenBlobs(provider, Path.Combine(dataFolder, "blobs")));
        services.AddSingleton<ITableStore>(provider =>
        {
            provider.GetRequiredService<DataFolderLock>();
            return new SqliteTableStore(Path.Combine(dataFolder, "tables.db"));
        });
        services.AddSingleton(provider => (IStoreTraces)provider.GetRequiredService<ITableStore>());
        return services;
    }

    static DiskBlobStore OpenBlobs(IServiceProvider provider, string folder)
    {
        provider.GetRequiredService<DataFolderLock>();
        var store = new DiskBlobStore(folder, provider.GetRequiredService<IFileLayer>(), provider.GetRequiredService<TimeProvider>());
        store.ForgetUnfinishedPuts();
        return store;
    }
}
