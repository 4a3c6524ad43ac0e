/// Names of the made-up customers, as people write them, with the letters that go into an address.
enum SampleNames {
    struct Name: Sendable {
        let name: String
        let ascii: String

        /// `Zoë=zoe`, or `Anna`, whose address form is the same in small letters.
        init(_ text: Substring) {
            let parts = text.split(separator: "=")
            name = String(parts.first ?? "")
            ascii = String(parts.last ?? "").lowercased()
        }
    }

    struct Origin: Sendable {
        let country: String
        let callingCode: String
        let firstNames: [Name]
        let lastNames: [Name]

        init(_ country: String, _ callingCode: String, first: String, last: String) {
            self.country = country
            self.callingCode = callingCode
            firstNames = first.split(separator: " ").map { Name($0) }
            lastNames = last.split(separator: " ").map { Name($0) }
        }
    }

    static let origins: [Origin] = [
        Origin(
            "US", "+1",
            first: "Olivia Liam Emma Noah Ava Ethan Sophia Mason Isabella Logan Mia Lucas Grace "
                + "Henry Chloe Zoë=zoe",
            last: "Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Moore "
                + "Jackson Martin Lee Thompson O’Neil=oneil"),
        Origin(
            "GB", "+44",
            first: "Amelia George Isla Arthur Freya Harry Poppy Oscar Siân=sian Rhys Niamh Callum",
            last: "Evans Walker Wright Hughes Green Hall Clarke Turner Cooper Ward Llewellyn "
                + "MacLeod"),
        Origin(
            "DE", "+49",
            first: "Jürgen=juergen Björn=bjoern Käthe=kaethe Lukas Hannah Felix Marie Jonas Söhnke="
                + "soehnke Günther=guenther Anja Ute",
            last: "Müller=mueller Schmidt Weiß=weiss Jäger=jaeger Köhler=koehler Bauer Schröder="
                + "schroeder Groß=gross Hoffmann Wagner Böhm=boehm Fischer"),
        Origin(
            "FR", "+33",
            first: "Léa=lea Hélène=helene François=francois Chloé=chloe Théo=theo Jérôme=jerome "
                + "Inès=ines Louis Manon Aurélie=aurelie Noël=noel Camille",
            last: "Lefèvre=lefevre Dubois Moreau Girard Béranger=beranger Rousseau Garçon=garcon "
                + "Faure Mercier Blanc Guérin=guerin Chevalier"),
        Origin(
            "PL", "+48",
            first: "Łukasz=lukasz Małgorzata=malgorzata Zofia Paweł=pawel Agnieszka Wojciech "
                + "Bożena=bozena Jędrzej=jedrzej Katarzyna Michał=michal Żaneta=zaneta Stanisław="
                + "stanislaw",
            last: "Kowalski Wiśniewska=wisniewska Wójcik=wojcik Kamiński=kaminski Zieliński="
                + "zielinski Szymańska=szymanska Dąbrowski=dabrowski Król=krol Jabłońska=jablonska "
                + "Gołąb=golab Nowak Żak=zak"),
        Origin(
            "BG", "+359",
            first: "Георги=georgi Мария=maria Иван=ivan Елена=elena Димитър=dimitar Цветелина="
                + "tsvetelina Николай=nikolay Йорданка=yordanka Петър=petar Ралица=ralitsa",
            last: "Иванов=ivanov Георгиева=georgieva Димитров=dimitrov Петрова=petrova Николов="
                + "nikolov Стоянова=stoyanova Щерев=shterev Ангелова=angelova Тодоров=todorov"),
        Origin(
            "IL", "+972",
            first: "נועה=noa דוד=david יעל=yael משה=moshe תמר=tamar איתן=eitan שירה=shira אורי=uri "
                + "מיכל=michal יוסף=yosef",
            last: "כהן=cohen לוי=levi מזרחי=mizrahi פרץ=peretz ביטון=biton אברהם=avraham פרידמן="
                + "friedman שפירא=shapira גולן=golan"),
        Origin(
            "CN", "+86",
            first: "伟=wei 芳=fang 娜=na 敏=min 静=jing 丽=li 强=qiang 磊=lei 洋=yang 艳=yan 子轩=zixuan "
                + "梓涵=zihan",
            last: "王=wang 李=li 张=zhang 刘=liu 陈=chen 杨=yang 赵=zhao 黄=huang 周=zhou 吴=wu 徐=xu "
                + "欧阳=ouyang"),
        Origin(
            "HU", "+36",
            first: "László=laszlo Erzsébet=erzsebet Gergő=gergo Zsófia=zsofia István=istvan Ágnes="
                + "agnes Bence Réka=reka Csaba Tünde=tunde",
            last: "Nagy Kovács=kovacs Tóth=toth Szabó=szabo Horváth=horvath Kiss Molnár=molnar "
                + "Németh=nemeth Őri=ori Székely=szekely"),
        Origin(
            "ES", "+34",
            first:
                "José=jose María=maria Íñigo=inigo Lucía=lucia Begoña=begona Álvaro=alvaro Nuria "
                + "Andrés=andres Carmen Iván=ivan",
            last:
                "García=garcia Núñez=nunez Fernández=fernandez López=lopez Martínez=martinez Ibáñez="
                + "ibanez Ruiz Peña=pena Muñoz=munoz Castro"),
    ]
}
