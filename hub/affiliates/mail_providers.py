"""Where anybody may have a mailbox: two people who share such a domain share nothing else."""

_LISTED = """
126.com 139.com 163.com 188.com 189.cn aliyun.com aol.com bigpond.com bk.ru bluewin.ch
bol.com.br btinternet.com comcast.net daum.net email.com fastmail.com foxmail.com free.fr
freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hanmail.net
hey.com hotmail.co.uk hotmail.com hotmail.de hotmail.es hotmail.fr hotmail.it hushmail.com
icloud.com inbox.ru indiatimes.com interia.pl kakao.com laposte.net libero.it list.ru
live.cn live.com live.fr live.in live.nl mac.com mail.com mail.ru mailbox.org me.com msn.com
naver.com o2.pl orange.fr outlook.com outlook.de outlook.fr outlook.in outlook.jp pm.me
posteo.de proton.me protonmail.com qq.com rediff.com rediffmail.com rocketmail.com
sbcglobal.net seznam.cz sfr.fr sify.com sina.cn sina.com sohu.com t-online.de telia.com
terra.com.br tiscali.it tom.com tuta.com tutanota.com uol.com.br verizon.net vip.163.com
vip.qq.com virgilio.it vodafone.it wanadoo.fr web.de wp.pl ya.ru yahoo.ca yahoo.cn
yahoo.co.id yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.ar yahoo.com.au
yahoo.com.br yahoo.com.cn yahoo.com.hk yahoo.com.mx yahoo.com.sg yahoo.com.tw yahoo.com.vn
yahoo.de yahoo.es yahoo.fr yahoo.in yahoo.it yandex.com yandex.ru yeah.net ymail.com
zoho.com zohomail.com zohomail.in
"""

PUBLIC_DOMAINS = frozenset(_LISTED.split())
