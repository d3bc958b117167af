using Cairn.Api.Amplitude;
using Cairn.Api.V1.Identities;
using Cairn.Api.V1.Profiles;
using Cairn.Ingestion.Consumer;
using Cairn.Query.Persons;
using Cairn.Storage.Identity;
using Cairn.Storage.Profiles;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Api;

/// <summary>Who is one person and what is known of them: kept by the consumer, read by reports and routes.</summary>
public static class PeopleServices
{
    /// <remarks>Needs the stores, <see cref="QueryServices.AddRecentSources"/>, the door and access control beside it.</remarks>
    public static IServiceCollection AddPeople(this IServiceCollection services) => services
        .AddSingleton<IUpdateSource, StoredUpdates>()
        .AddSingleton<IdentityStore>()
        .AddSingleton<PersonLookup>()
        .AddSingleton<ProfileStore>()
        .AddSingleton<IPersonSource, StoredPersons>()
        .AddSingleton<IConsumerSink, LookupSink>()
        .AddSingleton<UserMapEndpoint>()
        .AddSingleton<UserProfileEndpoint>()
        .AddSingleton<ProfilesApi>()
        .AddSingleton<IdentitiesApi>();
}
